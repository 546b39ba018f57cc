using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Hooks;
using VmSupervisor.Linux;
using VmSupervisor.Supervisor.Tests.Linux;

namespace VmSupervisor.Supervisor.Tests.Hooks;

/// <summary>A state directory with hook scripts, and supervisors over it, each with a host of its own.</summary>
internal sealed class HookFixture : IDisposable
{
    private readonly LinuxFixture linux = new();
    private readonly List<LinuxHost> hosts = [];

    public static TimeSpan Long { get; } = TimeSpan.FromSeconds(100);

    public string Root => linux.Root;

    public LinuxFixture Linux => linux;

    public string File(string name) => linux.File(name);

    public string Read(string name) => System.IO.File.Exists(File(name)) ? System.IO.File.ReadAllText(File(name)) : "";

    /// <summary>Another supervisor over the same directory.</summary>
    public HookRunner Supervisor() => new(Root, "node-a", TimeProvider.System, NullLogger<HookRunner>.Instance, Host());

    public LinuxHost Host()
    {
        hosts.Add(new LinuxHost());
        return hosts[^1];
    }

    /// <summary>A hook; its working directory is nobody's, so that it names its files by <c>$ROOT</c>.</summary>
    public string Script(string body, string name = "hook")
    {
        var path = File(name);
        linux.Do("printf '%s\\n' '#!/bin/sh' \"ROOT='$2'\" \"$3\" >\"$1\"; chmod +x \"$1\"", path, Root, body);
        return path;
    }

    public HookRequest Request(params string[] scripts) => Request(Long, scripts);

    public HookRequest Request(TimeSpan limit, params string[] scripts) => new(
        new VmId(104), "web-1", new Incarnation(3), HookPhase.PreStart, "api-start", OperationId.Parse("op-7"), [.. scripts], limit);

    public string OfPhase(string kind) => File($"hooks/104/3/pre-start.{kind}");

    /// <summary>Waits for a file that a hook makes.</summary>
    public Task Appears(string name) => linux.Appears(name);

    /// <summary>Waits until a process whose pid a hook has written is gone, or a zombie that nobody has reaped.</summary>
    public async Task Dies(string pidFile)
    {
        using var process = PidFd.Open(int.Parse(Read(pidFile).Trim()));
        if (process is not null)
            await linux.Readiness.WaitAsync(process, CancellationToken.None);
    }

    public bool Lives(string pidFile)
    {
        using var process = PidFd.Open(int.Parse(Read(pidFile).Trim()));
        return process is { HasExited: false };
    }

    public void Kill(int pid)
    {
        using var process = PidFd.Open(pid);
        process?.Signal(Signal.Kill);
    }

    public void Dispose()
    {
        // Whatever a failed test has left: everything that has this directory in its command line.
        foreach (var pid in linux.Processes.FindByRunDirectory(Root))
            Kill(pid);
        hosts.ForEach(h => h.Dispose());
        linux.Dispose();
    }
}
