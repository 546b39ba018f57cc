using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>What somebody asks for. It can be refused.</summary>
internal abstract record Wish
{
    public sealed record Define(VmDefinition Definition) : Wish;

    /// <summary>Forget the VM.</summary>
    /// <param name="Force">End its life first, if it has one.</param>
    public sealed record Undefine(bool Force = false) : Wish;

    /// <summary>Begin a life.</summary>
    /// <param name="Paused">Leave the guest's CPUs stopped.</param>
    /// <param name="Cause">Why: somebody asked, or the host was booted.</param>
    /// <param name="Fresh">Do not go on from saved memory, but boot; the memory is thrown away.</param>
    public sealed record Start(bool Paused, Cause Cause = Cause.ApiStart, bool Fresh = false) : Wish;

    public sealed record Stop(bool KeepActive) : Wish;

    public sealed record Shutdown(TimeSpan? Timeout, TimeSpan? ForceAfter, bool KeepActive) : Wish;

    /// <summary>Ask the guest to power off, and begin the next life after this one.</summary>
    /// <param name="Timeout">How long it may take; past it the wish has failed and is forgotten.</param>
    /// <param name="ForceAfter">When told: how long it may take until it is stopped by force.</param>
    public sealed record Reboot(TimeSpan? Timeout, TimeSpan? ForceAfter) : Wish;

    /// <summary>Copy the disks.</summary>
    /// <param name="Mode">How the moment comes about.</param>
    /// <param name="Directory">Where to, absolute; it exists, the copies do not.</param>
    /// <param name="Format">The format of the copies.</param>
    /// <param name="BytesPerSecond">No faster than this; null for as fast as it goes.</param>
    public sealed record Backup(BackupMode Mode, string Directory, DiskFormat Format, long? BytesPerSecond) : Wish;

    /// <summary>Write the guest's memory to a file and end the life; the next one goes on from there.</summary>
    public sealed record Hibernate : Wish;

    /// <summary>Send the guest to another node, without stopping it for longer than a moment.</summary>
    public sealed record Migrate(MigrationPlan Plan) : Wish;

    /// <summary>Make room for a guest that another node sends.</summary>
    /// <param name="Session">The attempt.</param>
    /// <param name="Definition">What the VM is there.</param>
    /// <param name="Plan">How it comes.</param>
    /// <param name="WasRunning">Whether its guest is to run here.</param>
    public sealed record Receive(MigrationSession Session, VmDefinition Definition, MigrationPlan Plan, bool WasRunning) : Wish
    {
        /// <summary>What it is to be from its next start on; null for the same.</summary>
        public VmDefinition? Next { get; init; }

        /// <summary>The images that are made for the disks that come along.</summary>
        public ValueList<Step> Images { get; init; } = [];
    }

    /// <summary>A person decides what the verdict is, since the target is gone for good and cannot run the VM.</summary>
    public sealed record LoseTarget : Wish;

    /// <summary>A person decides that a guest which was committed here may run, since its source is gone for good and cannot run it.</summary>
    public sealed record LoseSource : Wish;

    /// <summary>Give up an operation that is under way.</summary>
    public sealed record Cancel(OperationId Target) : Wish;

    public sealed record Guest(GuestRequest Request) : Wish;
}

/// <summary>What is asked of the guest's machine through the monitor.</summary>
internal enum GuestRequest
{
    Pause,
    Resume,
    Reset,
}
