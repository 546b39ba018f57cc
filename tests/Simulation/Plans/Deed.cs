using VmSupervisor.Actors.TestKit.Journals;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Domain;
using VmSupervisor.TestKit;

namespace VmSupervisor.Simulation.Plans;

/// <summary>Something that a client or the world does. What cannot be done at its moment is nothing: nobody is there to be killed.</summary>
internal abstract record Deed
{
    /// <summary>A client sends a command. The same again is a client that did not hear the answer.</summary>
    public sealed record Ask(VmId Vm, VmCommand Command, string Operation) : Deed
    {
        public override string ToString() => Command switch
        {
            VmCommand.Define define => $"{Operation}: define vm {Vm} hooks={define.Definition.Hooks.Count} disks={define.Definition.Disks.Count} restart={define.Definition.Restart} on-panic={define.Definition.OnPanic} autostart={define.Definition.Autostart} memory={define.Definition.Memory >> 20}",
            _ => $"{Operation}: vm {Vm} {Command}",
        };
    }

    public sealed record ShutDownNode(TimeSpan Limit) : Deed;

    /// <summary>Nobody does anything for long.</summary>
    public sealed record Quiet : Deed;

    public sealed record Guest(VmId Vm, GuestDeed What) : Deed;

    public sealed record Qemu(VmId Vm, QemuTrouble What) : Deed;

    /// <summary>From the end of the monitor to the exit.</summary>
    public sealed record ExitTakes(VmId Vm, TimeSpan Time) : Deed;

    public sealed record Launches(SimulatedLaunchFault? Fault, TimeSpan Greeting) : Deed;

    public sealed record Hooks(HookPhase Phase, bool Fail, TimeSpan Take) : Deed;

    /// <summary>A step of acquiring or releasing fails, or takes its time; both end it.</summary>
    public sealed record Step(string Name, bool OnRelease, bool Fails, TimeSpan Takes) : Deed;

    public sealed record Backups(bool StartFails, bool JobFails, TimeSpan Take) : Deed;

    public sealed record Memory(bool SaveFails, bool CheckFails, TimeSpan Take) : Deed;

    /// <summary>Whether lives with limits get less of them than they want.</summary>
    public sealed record Limits(bool Less) : Deed;

    /// <summary>What becomes of the journal's next commit.</summary>
    public sealed record Commit(StoreFault Fault) : Deed;

    /// <summary>How long commits take from now on.</summary>
    public sealed record CommitsTake(TimeSpan Time) : Deed;

    /// <summary>The journal's disk has room for so many writes; null for any number.</summary>
    public sealed record Room(int? Writes) : Deed;

    /// <summary>SIGKILL.</summary>
    public sealed record KillSupervisor(bool CommitSurvives) : Deed;

    /// <summary>SIGTERM: it lets go of the VMs and ends.</summary>
    public sealed record StopSupervisor : Deed;

    /// <summary>A supervisor begins, if none is there; one that is stopping has no more time.</summary>
    public sealed record BeginSupervisor : Deed;

    /// <summary>The host goes down hard and comes up; a supervisor is still to begin.</summary>
    public sealed record RebootHost : Deed;
}

internal enum GuestDeed
{
    PowersOff,
    Panics,
    Resets,
    IgnoresPowerButton,
    HeedsPowerButton,
}
