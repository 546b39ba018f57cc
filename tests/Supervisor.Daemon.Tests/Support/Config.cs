using VmSupervisor.Daemon.CommandLine;
using VmSupervisor.Daemon.Configuration;
using VmSupervisor.Hocon;

namespace VmSupervisor.Supervisor.Daemon.Tests.Support;

/// <summary>Reads configurations as the daemon does, for a user that is root on host h1.</summary>
internal static class Config
{
    public static DaemonOptions Read(params string[] args)
    {
        using var output = new StringWriter();
        var (arguments, _) = DaemonCommandLine.Parse(args, output, output);
        Assert.True(arguments is not null, output.ToString());
        return new ConfigurationReader(isRoot: true, _ => null, "h1").Read(ConfigurationSources.Read(arguments));
    }

    public static string Faults(params string[] args) => Assert.Throws<HoconException>(() => Read(args)).Message;
}
