using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.TestKit;

namespace VmSupervisor.Scenarios.Tests.Text;

/// <summary>What a line does.</summary>
internal abstract record Act
{
    private Act() { }

    /// <summary>Whether it can be done to real QEMU, too.</summary>
    public virtual bool IsReal => true;

    /// <summary>The VM becomes known, or is to be something else.</summary>
    public sealed record Define(VmId Vm, DefinitionText Definition, OperationId Operation) : Act;

    /// <summary>A command is given. It has been accepted or refused before the next line, and goes on meanwhile.</summary>
    public sealed record Command(VmId Vm, VmCommand Wish, OperationId Operation) : Act;

    /// <summary>An operation is given up.</summary>
    public sealed record Cancel(OperationId Target, OperationId Operation) : Act;

    /// <summary>All guests are ended before the host goes down. It has been begun before the next line, and goes on meanwhile.</summary>
    public sealed record ShutDownNode(TimeSpan Timeout) : Act;

    /// <summary>The guest does something by itself.</summary>
    public sealed record Guest(VmId Vm, GuestDeed Deed) : Act;

    /// <summary>Something happens to the VM's process.</summary>
    public sealed record Qemu(VmId Vm, QemuTrouble Trouble) : Act
    {
        public override bool IsReal => Trouble is QemuTrouble.Killed or QemuTrouble.Hangs or QemuTrouble.GoesOn;
    }

    /// <summary>From now on the process takes this long from the end of its monitor to its exit.</summary>
    public sealed record ExitTakes(VmId Vm, TimeSpan Time) : Act
    {
        public override bool IsReal => false;
    }

    /// <summary>From now on a phase's hooks behave like this.</summary>
    public sealed record Hooks(string Phase, Behaviour Behaviour) : Act;

    /// <summary>From now on a step's acquisition or release behaves like this.</summary>
    public sealed record Step(string Name, bool IsRelease, Behaviour Behaviour) : Act
    {
        public override bool IsReal => false;
    }

    /// <summary>From now on launches behave like this.</summary>
    public sealed record Launches(LaunchTrouble Trouble, string Reason, TimeSpan Time) : Act
    {
        public override bool IsReal => false;
    }

    /// <summary>From now on the jobs of backups that begin behave like this.</summary>
    /// <param name="Behaviour">How.</param>
    /// <param name="Begin">Whether it is about their beginning; otherwise about how they go on.</param>
    public sealed record Jobs(Behaviour Behaviour, bool Begin) : Act
    {
        public override bool IsReal => false;
    }

    /// <summary>From now on guests' memory is written or gone on from like this.</summary>
    public sealed record Memory(Behaviour Behaviour, bool Restore) : Act
    {
        public override bool IsReal => false;
    }

    /// <summary>Something happens to the journal.</summary>
    public sealed record Journal(JournalTrouble Trouble) : Act
    {
        public override bool IsReal => false;
    }

    /// <summary>Somebody else makes a file.</summary>
    public sealed record MakeFile(string Path) : Act;

    /// <summary>Something happens to the supervisor.</summary>
    public sealed record Supervisor(SupervisorFate Fate) : Act;

    /// <summary>The host goes down at once and comes up, and the supervisor with it.</summary>
    public sealed record RebootHost : Act;
}

/// <summary>A definition as it is written, in its place in the file.</summary>
internal sealed record DefinitionText(string File, int Line, string Hocon);

internal enum GuestDeed
{
    PowersOff,
    Panics,
    Resets,
}

internal enum LaunchTrouble
{
    None,

    /// <summary>There is no process.</summary>
    Fails,

    /// <summary>QEMU says why and ends.</summary>
    Ends,

    /// <summary>The monitor fails right after the spawn, and the process lives.</summary>
    LosesMonitor,

    /// <summary>QEMU never greets, and lives with a child.</summary>
    IsSilent,

    /// <summary>It takes its time.</summary>
    Takes,
}

internal enum JournalTrouble
{
    /// <summary>Only what may use the reserve is taken.</summary>
    IsFull,
    HasRoom,

    /// <summary>The next append does not become durable, and its writer is not told so.</summary>
    LosesNext,

    /// <summary>The next append becomes durable, and its writer is not told so.</summary>
    LeavesNextUnanswered,

    /// <summary>Appends wait.</summary>
    Hangs,
    GoesOn,
}

internal enum SupervisorFate
{
    Killed,
    Starts,

    /// <summary>Both, one after the other.</summary>
    Restarts,
}

/// <summary>How hooks or steps behave.</summary>
internal abstract record Behaviour
{
    private Behaviour() { }

    public sealed record Works : Behaviour;

    public sealed record Fails(string Reason) : Behaviour;

    /// <summary>Until it is ended.</summary>
    public sealed record Hangs : Behaviour;

    public sealed record Takes(TimeSpan Time) : Behaviour;
}
