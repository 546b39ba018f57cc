using System.Diagnostics;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests.Children;

/// <summary>This executable once more, in another role. Killed when it is disposed of.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process process;

    private ChildProcess(Process process) => this.process = process;

    public int Pid => process.Id;

    public TextReader Output => process.StandardOutput;

    public static string Executable => Path.Combine(AppContext.BaseDirectory, typeof(ChildProcess).Assembly.GetName().Name!);

    public static ChildProcess Start(params string[] arguments) => StartProgram(Executable, arguments);

    public static ChildProcess StartProgram(string program, params string[] arguments) => new(Process.Start(
        new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!);

    /// <summary>The next line, or the reason why there is none.</summary>
    public async Task<string> ReadLineAsync() =>
        await Output.ReadLineAsync() ?? throw new InvalidOperationException($"the child has ended: {await process.StandardError.ReadToEndAsync()}");

    /// <summary>SIGKILL; done when the process is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
