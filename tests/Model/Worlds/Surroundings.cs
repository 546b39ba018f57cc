using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Worlds;

/// <summary>What happens without the supervisor: hooks and guests go on, processes end, and things go wrong.</summary>
internal sealed class Surroundings(Bounds bounds)
{
    public void Expand(World world, Successors<World> next)
    {
        foreach (var process in world.Processes)
            Process(world, process, next);
        foreach (var hook in world.Hooks)
            Hooks(world, hook, next);
        if (May(world, Fault.HostReboots))
        {
            var booted = Host.Reboot(world) with { Faults = world.Faults - 1 };
            next.Add(new("the host is rebooted"), Supervision.Down(booted));
        }
    }

    private void Process(World world, Qemu process, Successors<World> next)
    {
        if (process.Dying)
        {
            next.Add(new("QEMU of {0} is gone", process.N), world with { Processes = world.Processes.Remove(process) });
            return;
        }

        var running = process is { Guest: GuestState.Running, Hung: false };
        if (process.Pressed && running)
        {
            next.Add(new("the guest of {0} obeys and powers off", process.N), Host.Change(world, process.N, GuestState.Shutdown));
            next.Add(new("the guest of {0} ignores the button", process.N), Host.Press(world, process.N, false));
        }

        if (May(world, Fault.ProcessDies))
            next.Add(new("QEMU of {0} is killed from outside", process.N), Spend(Host.Die(world, process.N)));
        if (running && May(world, Fault.GuestPowersOff))
            next.Add(new("the guest of {0} powers itself off", process.N), Spend(Host.Change(world, process.N, GuestState.Shutdown)));
        if (running && May(world, Fault.GuestPanics))
            next.Add(new("the guest of {0} panics", process.N), Spend(Host.Change(world, process.N, GuestState.Panicked)));
        if (!process.Hung && May(world, Fault.MonitorHangs))
            next.Add(new("QEMU of {0} hangs", process.N), Spend(Host.Hang(world, process.N)));
    }

    private void Hooks(World world, Hook hook, Successors<World> next)
    {
        switch (hook.Progress)
        {
            case HookProgress.Spawned:
                next.Add(new("the {0} hooks of {1} begin", hook.Phase, hook.N), Host.BeginHook(world, hook));
                break;
            case HookProgress.Running:
                next.Add(new("the {0} hooks of {1} end well", hook.Phase, hook.N), Host.EndHook(world, hook.N, hook.Phase, HookStatus.Succeeded));
                if (May(world, Fault.HookFails))
                    next.Add(new("the {0} hooks of {1} fail", hook.Phase, hook.N), Spend(Host.EndHook(world, hook.N, hook.Phase, HookStatus.Failed)));
                break;
        }
    }

    private bool May(World world, Fault kind) => world.Faults > 0 && bounds.Kinds.HasFlag(kind);

    private static World Spend(World world) => world with { Faults = world.Faults - 1 };
}
