using System.Diagnostics;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>One daemon after another on the same directories, and when there is one.</summary>
internal sealed class Daemons(string root, Tally tally, Timeline timeline)
{
    private static readonly string[] Settings =
    [
        "vmsup.hooks.timeout=6s", "vmsup.hooks.pre-stop-forced-timeout=1s", "vmsup.restart.first-delay=100ms", "vmsup.restart.longest-delay=1s",
        "vmsup.restart.limit=50", "vmsup.restart.window=1m", "vmsup.journal.reserve=1MiB",
    ];

    private readonly List<string> logs = [];
    private TaskCompletionSource up = Unset();
    private DaemonProcess? current;

    public string Socket => Path.Combine(root, "r", "vmsupd.sock");

    public string Logs => string.Join("\n--\n", [.. logs, current?.Log ?? ""]);

    /// <summary>Returns when one answers.</summary>
    public Task UpAsync() => Volatile.Read(ref up).Task;

    public async Task StartAsync()
    {
        var began = Stopwatch.GetTimestamp();
        current = await DaemonProcess.StartAsync(root, Arguments);
        tally.Started(Stopwatch.GetElapsedTime(began));
        timeline.Add("daemon", $"{current.Pid} is ready");
        up.SetResult();
    }

    /// <summary>One that is killed after a time, ready or not.</summary>
    public async Task StartAndKillAsync(TimeSpan after)
    {
        var pid = 0;
        var start = DaemonProcess.StartAsync(root, Arguments, spawned => pid = spawned);
        await Task.WhenAny(start, Task.Delay(after));
        timeline.Add("daemon", $"{pid} is killed {(start.IsCompletedSuccessfully ? "as soon as it is ready" : "in its recovery")}");
        tally.Count(start.IsCompletedSuccessfully ? "daemon kills" : "daemon kills in recovery");
        if (!start.IsCompleted)
            Kernel.Signal(pid, Kernel.Kill);
        try
        {
            using var ready = await start;
            await ready.KillAsync();
            logs.Add(ready.Log);
        }
        catch (Xunit.Sdk.XunitException e) when (e.Message.Contains("did not get ready"))
        {
            logs.Add(e.Message);
        }
    }

    public async Task KillAsync()
    {
        timeline.Add("daemon", $"{current!.Pid} is killed");
        tally.Count("daemon kills");
        await EndAsync(daemon => daemon.KillAsync());
    }

    public async Task StopAsync()
    {
        timeline.Add("daemon", $"{current!.Pid} is asked to end");
        tally.Count("daemon ends");
        await EndAsync(daemon => daemon.StopAsync());
    }

    public async Task FreezeAsync(TimeSpan length)
    {
        Kernel.Signal(current!.Pid, Kernel.Stop);
        await Task.Delay(length);
        Kernel.Signal(current.Pid, Continue);
    }

    public const int Continue = 18;

    public async Task AbandonAsync()
    {
        if (current is { HasEnded: false })
            await current.KillAsync();
        current?.Dispose();
    }

    private IEnumerable<string> Arguments =>
    [
        "--state-dir", Path.Combine(root, "s"), "--run-dir", Path.Combine(root, "r"), "--node", Path.GetFileName(root),
        .. Settings.SelectMany(set => new[] { "--set", set }),
    ];

    private static TaskCompletionSource Unset() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task EndAsync(Func<DaemonProcess, Task> end)
    {
        Volatile.Write(ref up, Unset());
        using var daemon = current!;
        current = null;
        await end(daemon);
        logs.Add(daemon.Log);
    }
}
