using System.Collections.Immutable;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Laws;

namespace VmSupervisor.Model.Proxmox;

/// <summary>
/// The two ways into cleanup of Proxmox VE's qemu-server: the API's, and that of <c>qm cleanup</c>, which the event daemon
/// starts when a QEMU's monitor closes. Written after PVE/QemuServer.pm (<c>vm_start</c>, <c>_do_vm_stop</c>,
/// <c>vm_stop_cleanup</c>) and PVE/CLI/qm.pm (<c>cleanup</c>), and for the flag after the patch "cleanup: refactor to make
/// cleanup flow more consistent" (pve-devel, 2026-02-23), whose message names the race that stays.
/// </summary>
/// <param name="flagged">With the flag of 2026.</param>
/// <param name="script">What clients and the world do, in order; when each happens is open.</param>
internal sealed class PveModel(bool flagged, params Call[] script) : IModel<PveWorld>
{
    public IEnumerable<PveWorld> Initial => [new PveWorld { Script = [.. script] }];

    public void Expand(PveWorld world, Successors<PveWorld> next)
    {
        if (world.Script is [var call, ..])
            Do(world with { Script = world.Script.RemoveAt(0) }, call, next);
        for (var i = 0; i < world.Waiting.Length; i++)
            QmCleanup(world with { Waiting = world.Waiting.RemoveAt(i) }, world.Waiting[i], next);
    }

    public void Encode(PveWorld world, ByteSink code)
    {
        code.Number(world.Lives);
        code.Number((world.Running ? 1 : 0) | (world.Flag ? 2 : 0) | (world.VolumesActive ? 4 : 0) | (world.KeepPromised ? 8 : 0));
        code.Number(world.Cleaned);
        code.Number(world.PostStops);
        code.Number(world.Script.Length);
        foreach (var cleanup in world.Waiting)
            code.Number((cleanup.Life << 2) | (cleanup.Clean ? 1 : 0) | (cleanup.Guest ? 2 : 0));
        code.Number(world.Broken.Length);
    }

    public Violation? Judge(PveWorld world) => world.Broken.FirstOrDefault();

    public bool IsClosed(PveWorld world) => world.Script.IsEmpty;

    public Violation? JudgeEnd(PveWorld world) => world is { Running: false, Lives: > 0 } ? Balance(world, "it came to rest").Broken.FirstOrDefault() : null;

    public string Describe(PveWorld world) =>
        $"{(world.Running ? $"life {world.Lives} runs" : "no QEMU")}; {(world.VolumesActive ? "volumes active" : "volumes inactive")}; qm cleanup waiting: {world.Waiting.Length}{(world.Flag ? "; flag" : "")}";

    private void Do(PveWorld world, Call call, Successors<PveWorld> next)
    {
        switch (call)
        {
            case Call.Start when world.Running:
                next.Add(new("API start: already running"), world);
                break;
            case Call.Start:
                var balanced = world.Lives > 0 ? Balance(world, $"life {world.Lives + 1} starts") : world;
                next.Add(new("API start: pre-start, volumes activated, life {0} runs", world.Lives + 1), balanced with
                {
                    Lives = world.Lives + 1,
                    Running = true,
                    VolumesActive = true,
                    KeepPromised = false,
                    Flag = false,
                    Cleaned = 0,
                    PostStops = 0,
                });
                break;
            case Call.Crash when world.Running:
                next.Add(new("QEMU of life {0} is killed", world.Lives), Exit(world, clean: false, guest: false));
                break;
            case Call.PowerOff when world.Running:
                next.Add(new("the guest of life {0} powers itself off", world.Lives), Exit(world, clean: true, guest: true));
                break;
            case Call.Stop when world.Running:
                next.Add(new("API stop: quit, wait, clean up"), ApiStop(world, guest: false, keep: false));
                break;
            case Call.Shutdown when world.Running:
                next.Add(new("API shutdown: power button, wait, clean up"), ApiStop(world, guest: true, keep: false));
                break;
            case Call.ShutdownKeeping when world.Running:
                next.Add(new("API shutdown, keepActive: power button, wait, clean up"), ApiStop(world, guest: true, keep: true) with { KeepPromised = true });
                break;
            default:
                next.Add(new("{0}: nothing to do", call), world);
                break;
        }
    }

    /// <summary>The event daemon sees the monitor close.</summary>
    private static PveWorld Exit(PveWorld world, bool clean, bool guest) =>
        world with { Running = false, Waiting = world.Waiting.Add(new(world.Lives, clean, guest)) };

    private PveWorld ApiStop(PveWorld world, bool guest, bool keep) => StopCleanup(Exit(world, clean: true, guest), world.Lives, keep) with { Flag = flagged };

    /// <summary>What <c>qm cleanup</c> does once it has the lock.</summary>
    private void QmCleanup(PveWorld world, Cleanup cleanup, Successors<PveWorld> next)
    {
        if (world.Running)
        {
            next.Add(new("qm cleanup of life {0}: vm still running, gives up", cleanup.Life), world);
            return;
        }

        if (flagged && world.Flag)
        {
            next.Add(new("qm cleanup of life {0}: the flag says it was done", cleanup.Life), world);
            return;
        }

        var did = !cleanup.Clean || cleanup.Guest;
        if (did || flagged)
            world = StopCleanup(world, cleanup.Life, keep: false);
        if (!flagged)
            world = PostStop(world, cleanup.Life);
        next.Add(new(did ? "qm cleanup of life {0}: cleans up" : "qm cleanup of life {0}: post-stop only", cleanup.Life), world);
    }

    /// <summary><c>vm_stop_cleanup</c>; with the flag came post-stop at its end.</summary>
    private PveWorld StopCleanup(PveWorld world, int about, bool keep)
    {
        if (about != world.Lives)
            world = world.Break(Law.LateNews, $"the cleanup of life {about} hits life {world.Lives}");
        if (world.Cleaned > 0)
            world = world.Break(Law.OneCleanup, $"life {world.Lives} is cleaned up twice");
        if (!keep && world.KeepPromised)
            world = world.Break(Law.KeepActive, "the volumes are deactivated, and were promised to stay active");
        world = world with { Cleaned = world.Cleaned + 1, VolumesActive = keep && world.VolumesActive };
        return flagged ? PostStop(world, about) : world;
    }

    private static PveWorld PostStop(PveWorld world, int about)
    {
        if (about == world.Lives && world.PostStops > 0)
            world = world.Break(Law.HooksBalance, $"post-stop of life {about} runs a second time");
        return about == world.Lives ? world with { PostStops = world.PostStops + 1 } : world;
    }

    /// <summary>What is owed to the current life once nothing more comes.</summary>
    public static IEnumerable<Violation> Owed(PveWorld world) => world is { Running: false, Lives: > 0 } ? Balance(world, "it came to rest").Broken : world.Broken;

    private static PveWorld Balance(PveWorld world, string when)
    {
        if (world.Cleaned == 0)
            world = world.Break(Law.OneCleanup, $"{when}, and life {world.Lives} was never cleaned up");
        return world.PostStops == 0 ? world.Break(Law.HooksBalance, $"{when}, and post-stop of life {world.Lives} never ran") : world;
    }
}
