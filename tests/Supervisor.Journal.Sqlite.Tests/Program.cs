using VmSupervisor.Supervisor.Journal.Sqlite.Tests.Children;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests;

/// <summary>The test runner, or, named as the first argument, one of the processes that the tests start and kill.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) => args switch
    {
        ["child-appender", var path] => await Appender.RunAsync(path),
        ["child-lock-holder", var directory, var node] => await LockHolder.RunAsync(directory, node),
        ["child-full-disk", var directory] => await FullDisk.RunAsync(directory),
        ["measure", var directory] => await Measure.RunAsync(directory),
        _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
            await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => await ConsoleRunner.Run(args),
    };
}
