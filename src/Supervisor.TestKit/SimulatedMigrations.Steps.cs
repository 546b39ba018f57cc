using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.TestKit;

/// <summary>What QEMU does by itself.</summary>
internal sealed partial class SimulatedMigrations
{
    /// <summary>A dead peer is seen by whoever sends to it: not at the switch-over, where nothing is sent.</summary>
    private static void Notice(SimulatedEnd end)
    {
        if (end.Peer is not { Lives: false })
            return;
        if (end.Status is "active" or "device")
            Fail(end, "Unable to write to socket: Broken pipe");
        else if (end.Status == "postcopy-active")
        {
            // One that was dead where it begins fails, and the guest stays stopped.
            var begun = end.Peer.Status != "active";
            (end.Status, end.Ran) = (begun ? "postcopy-paused" : "failed", false);
        }
    }

    private static void Fail(SimulatedEnd end, string why)
    {
        (end.Status, end.Error) = ("failed", why);
        Resume(end);
    }

    private static void Change(SimulatedEnd end, GuestState guest)
    {
        end.Process.Guest = guest;
        end.Process.Tell(new GuestNews.State(guest));
    }

    /// <summary>A guest that was stopped for the switch-over goes on.</summary>
    private static void Resume(SimulatedEnd end)
    {
        if (end.Ran)
            Change(end, GuestState.Running);
        end.Ran = false;
    }

    private void Activate(SimulatedEnd end)
    {
        end.Status = "active";
        end.Peer!.Status = "active";
        After(Takes, end, "active", () => Stop(end));
    }

    private void Stop(SimulatedEnd end)
    {
        if (BlackHole || end.Peer!.Process.Hung)
        {
            After(Takes, end, "active", () => Stop(end));
            return;
        }

        end.Ran = end.Process.Guest == GuestState.Running;
        if (end.Ran)
            Change(end, GuestState.Paused);
        end.Status = "pre-switchover";
    }

    private void Switch(SimulatedEnd end)
    {
        var peer = end.Peer!;
        if (peer.Process.Hung || BlackHole)
        {
            After(Takes, end, end.Status, () => Switch(end));
            return;
        }

        if (end.Postcopy)
        {
            (end.Ran, peer.Status) = (false, "postcopy-active");
            Change(peer, GuestState.Paused);
            After(Takes, end, "postcopy-active", () => Complete(end));
            return;
        }

        peer.Status = "completed";
        Change(peer, GuestState.Paused);
        After(SwitchTakes, end, "device", () =>
        {
            if (ReturnPathLost)
                Fail(end, "QEMU does not say why");
            else
                Complete(end);
        });
    }

    private static void Complete(SimulatedEnd end)
    {
        (end.Ran, end.Status, end.Peer!.Status) = (false, "completed", "completed");
    }

    /// <summary>A target whose source goes away before it has all ends by itself.</summary>
    private void Abandon(SimulatedEnd target)
    {
        if (target.Status is "none" or "completed" || !target.Lives || target.Process.Hung || BlackHole)
            return;
        target.Status = "failed";
        hypervisor.Kill(target.Process);
    }

    /// <summary>A step of this attempt, if the source lives and is still where it was.</summary>
    private void After(TimeSpan delay, SimulatedEnd end, string status, Action step)
    {
        var attempt = end.Attempt;
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                if (!end.Lives)
                {
                    if (end.Peer is { } peer && end.Attempt == attempt)
                        Abandon(peer);
                    return;
                }

                if (end.Attempt != attempt || end.Status != status)
                    return;

                Notice(end);
                if (end.Status == status)
                    step();
            },
            null, delay, Timeout.InfiniteTimeSpan);
    }
}
