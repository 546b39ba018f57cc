using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Supervisor.Tests.Linux;

/// <summary>A directory of its own, the watchers, and children that do not outlive the test.</summary>
internal sealed class LinuxFixture : IDisposable
{
    public const int Limit = 120_000;
    private readonly List<PidFd> children = [];

    public LinuxFixture()
    {
        Root = Directory.CreateTempSubdirectory("vmsup-test-").FullName;
        Exits = new ExitWatcher(Readiness);
    }

    public string Root { get; }

    public Readiness Readiness { get; } = new();

    public ExitWatcher Exits { get; }

    public ProcFs Processes { get; } = new();

    public string Output => File("output");

    public string File(string name) => Path.Combine(Root, name);

    public SpawnRequest Request(string executable, params string[] arguments) =>
        new(executable, arguments, [new("PATH", "/usr/bin:/bin")], Root, Output, Output, []);

    public SpawnRequest Shell(string script, params string[] arguments) => Request("/bin/sh", ["-c", script, "sh", .. arguments]);

    public PidFd Spawn(SpawnRequest request)
    {
        var child = Assert.IsType<SpawnResult.Spawned>(new Spawner().Spawn(request)).Process;
        children.Add(child);
        return child;
    }

    /// <summary>Runs it to its end; its status and what it wrote.</summary>
    public async Task<(ProcessExit Exit, string Output)> RunAsync(SpawnRequest request)
    {
        var exit = await Exits.WaitAsync(Spawn(request), CancellationToken.None);
        return (exit, await System.IO.File.ReadAllTextAsync(request.StandardOutput));
    }

    /// <summary>
    /// Has a shell do something and waits for its end: such as writing an executable, which cannot be exec'd ("text file
    /// busy") while a test beside this one forks with our descriptor open.
    /// </summary>
    public void Do(string script, params string[] arguments) => Assert.Equal(
        new ProcessExit(0, null),
        Exits.WaitAsync(Spawn(Shell(script, arguments) with { StandardOutput = "/dev/null" }), CancellationToken.None).GetAwaiter().GetResult());

    public Task Appears(string name) => FileAppearance.WaitAsync(File(name), Readiness, CancellationToken.None);

    public void Dispose()
    {
        foreach (var child in children)
        {
            // With what it has started; as long as it is not reaped, its group is its own.
            if (child.IsChild && Processes.ReadStat(child.Pid)?.Group == child.Pid)
                LibC.Kill(-child.Pid, (int)Signal.Kill);
            child.Signal(Signal.Kill);
            while (child.IsChild && child.Reap() is null)
                Thread.Yield();
            child.Dispose();
        }

        Exits.Dispose();
        Readiness.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
