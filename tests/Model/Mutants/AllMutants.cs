using VmSupervisor.Domain;
using VmSupervisor.Model.Laws;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Mutants;

/// <summary>Every bug that the checker must catch.</summary>
internal static class AllMutants
{
    private static readonly Wish Start = new Wish.Start(false);
    private static readonly Wish Stop = new Wish.Stop(false);
    private static readonly Wish StopKeeping = new Wish.Stop(true);

    public static IReadOnlyList<Mutant> List { get; } =
    [
        new(new CleanupNotKeyedByIncarnation(), "News is taken to be about whatever the VM is now, as in a daemon that only has the VM's number.", Law.LateNews,
            Small(hooks: false, Fault.None, Start, Stop) with { Incarnations = 2 }),
        new(new HookOnBothRoads(), "The stop runs post-stop, and so does the end of the process.", Law.HooksBalance, Small(hooks: true, Fault.None, Start, Stop)),
        new(new StartDoesNotLook(), "A start on a VM that is believed to run is answered from memory.", Law.OperationsEnd, Small(hooks: false, Fault.ProcessDies, Start) with { Incarnations = 2 }),
        new(new ExitBelievedFromEof(), "The monitor closed, so the process must be gone: QEMU closes it milliseconds before it ends.", Law.NothingUnowned, Small(hooks: false, Fault.ProcessDies, Start)),
        new(new EffectBeforeAppend(), "Effects begin when they are decided, and the journal is written beside.", Law.DurableFirst, Small(hooks: false, Fault.None, Start)),
        new(new KeepActiveForgotten(), "The flag is accepted and not carried on.", Law.KeepActive, Small(hooks: false, Fault.None, Start, StopKeeping)),
        new(new KeepActiveUnknownToExit(), "The stop knows the flag, whoever reports the exit does not.", Law.OneCleanup, Small(hooks: false, Fault.None, Start, StopKeeping)),
        new(new FailedLaunchNotOwned(), "A launch that failed left nothing, it is assumed.", Law.NothingUnowned, Small(hooks: false, Fault.LaunchFails, Start)),
        new(new OperationLost(), "A start that waits for a look is forgotten when the look finds the process dying.", Law.OperationsEnd, Small(hooks: false, Fault.ProcessDies, Start) with { Incarnations = 2 }),
        new(new PatienceForEver(), "Nothing follows a quit that is not obeyed.", Law.OperationsEnd, Small(hooks: false, Fault.MonitorHangs, Start)),
        new(new FirstPassIsEnough(), "One pass of the cleanup, errors are warnings.", Law.NothingUnowned, Small(hooks: false, Fault.ReleaseFails, Start, Stop)),
        new(new SilenceIsDeath(), "After a restart, a monitor that does not answer means that the VM is down.", Law.NothingUnowned,
            Small(hooks: false, Fault.ProbeFails, Start) with { Crashes = 1 }),
        new(new PostStopForgottenByFailedStart(), "Hooks are only balanced for VMs that came up.", Law.HooksBalance, Small(hooks: true, Fault.LaunchFails, Start)),
        new(new NoGate(), "A launch that was given up spawns after the search for what it spawned.", Law.NothingUnowned, Small(hooks: false, Fault.Lingers, Start, Stop)),
        new(new NoClaims(), "After a restart, hooks whose end is not in the journal are run.", Law.HooksBalance, Small(hooks: true, Fault.None, Start) with { Crashes = 1 }),
        new(new ClaimsForgottenAtOnce(), "The claims of a closed life are deleted while a hook effect that was given up has not noticed.", Law.HooksBalance,
            Small(hooks: true, Fault.Lingers, Start, Stop)),
    ];

    private static Bounds Small(bool hooks, Fault kinds, params Wish[] menu) => new()
    {
        Name = "mutant",
        Menu = menu,
        Definition = Bounds.Vm(hooks),
        Incarnations = 1,
        InFlight = 2,
        Faults = kinds == Fault.None ? 0 : 1,
        Crashes = 0,
        Kinds = kinds,
    };
}
