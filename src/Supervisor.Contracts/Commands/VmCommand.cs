using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Contracts.Commands;

/// <summary>What one may wish of a VM. A wish can be refused; see the reply.</summary>
public abstract record VmCommand
{
    private VmCommand() { }

    /// <summary>Make the VM known, or change its definition; a running VM takes the change at its next start.</summary>
    /// <param name="Definition">What it is to be.</param>
    public sealed record Define(VmDefinition Definition) : VmCommand;

    /// <summary>Forget the VM; it must be cleaned up. Volumes kept active are released first.</summary>
    /// <param name="Force">End its life first, as <see cref="Stop"/> does, if it has one.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Undefine(bool Force = false) : VmCommand;

    /// <summary>Begin a new life; nothing is done when one is running.</summary>
    /// <param name="Paused">Leave the guest's CPUs stopped.</param>
    /// <param name="DiscardSaved">Boot, though the guest was suspended to disk; its memory is thrown away.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Start(bool Paused = false, bool DiscardSaved = false) : VmCommand;

    /// <summary>End the life now, whatever the guest thinks.</summary>
    /// <param name="KeepActive">Leave the volumes active for whoever works on them next.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Stop(bool KeepActive = false) : VmCommand;

    /// <summary>Ask the guest to power off.</summary>
    /// <param name="Timeout">How long it may take; the definition's <c>shutdown-timeout</c> unless told. Past it the
    /// command has failed and the VM goes on.</param>
    /// <param name="ForceAfter">When told: how long it may take until it is stopped by force.</param>
    /// <param name="KeepActive">Leave the volumes active for whoever works on them next.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Shutdown(TimeSpan? Timeout = null, TimeSpan? ForceAfter = null, bool KeepActive = false) : VmCommand;

    /// <summary>
    /// Ask the guest to power off, and begin the next life when this one is cleaned up: a new process, hooks run, a
    /// changed definition takes effect.
    /// </summary>
    /// <param name="Timeout">How long it may take; the definition's <c>shutdown-timeout</c> unless told. Past it the
    /// command has failed and the VM goes on.</param>
    /// <param name="ForceAfter">When told: how long it may take until it is stopped by force.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Reboot(TimeSpan? Timeout = null, TimeSpan? ForceAfter = null) : VmCommand;

    /// <summary>Copy every disk that the guest can write to, one file for each, all of one moment.</summary>
    /// <param name="Directory">Where to, absolute: <c>disk0.qcow2</c>, … must not exist there yet.</param>
    /// <param name="Mode">How the moment comes about.</param>
    /// <param name="Format">The format of the copies.</param>
    /// <param name="BytesPerSecond">No faster than this; as fast as it goes unless told.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Backup(
        [property: JsonRequired] string Directory, BackupMode Mode = BackupMode.Snapshot, DiskFormat Format = DiskFormat.Qcow2, long? BytesPerSecond = null) : VmCommand;

    /// <summary>Write the guest's memory to a file and end its process; the next start goes on from there.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record SuspendToDisk : VmCommand;

    /// <summary>Send the running guest to another node, which takes the VM over.</summary>
    /// <param name="Target">That node's name.</param>
    /// <param name="Transport">Which way.</param>
    /// <param name="BytesPerSecond">No faster than this; as fast as it goes unless told.</param>
    /// <param name="Downtime">How long the guest may stand still at the end, by QEMU's estimate; 300 ms unless told.</param>
    /// <param name="Deadline">How long it may take until <paramref name="OnDeadline"/> happens; zero for ever; the node's setting unless told.</param>
    /// <param name="OnDeadline">What happens then.</param>
    /// <param name="AutoConverge">Slow the guest down if it changes its memory faster than that can be sent.</param>
    /// <param name="Channels">Connections for its memory beside the first one (<c>multifd</c>), 1 to 16; none unless told.</param>
    /// <param name="Storage">What becomes of its disks.</param>
    /// <param name="Disks">Where disks are put that go along, if not under the path that they have.</param>
    /// <param name="KeepSource">Whether the source keeps its images when the disks went along.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Migrate(
        [property: JsonRequired] string Target, MigrationTransport Transport = MigrationTransport.Auto, long? BytesPerSecond = null, TimeSpan? Downtime = null,
        TimeSpan? Deadline = null, LateMigration OnDeadline = LateMigration.Abort, bool AutoConverge = false, int? Channels = null,
        MigrationStorage Storage = MigrationStorage.Detect, ValueList<DiskMove>? Disks = null, bool KeepSource = false) : VmCommand;

    /// <summary>
    /// Decide a migration whose other node is gone for good. Whoever asks warrants that nothing of the VM runs there and never will
    /// again: it is switched off, or cut off from its disks. Refused while that node answers.
    /// </summary>
    /// <param name="Lost">Which node is gone.</param>
    /// <param name="Fenced">Whether it is certain that it runs nothing; without that nothing is decided.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record MigrateResolve([property: JsonRequired] LostNode Lost, bool Fenced = false) : VmCommand;

    /// <summary>Give up an operation of this VM that is under way; refused where it cannot be undone any more.</summary>
    /// <param name="Operation">Which.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Cancel([property: JsonRequired] OperationId Operation) : VmCommand;

    /// <summary>Press the guest's reset button.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Reset : VmCommand;

    /// <summary>Stop the guest's CPUs.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Pause : VmCommand;

    /// <summary>Let the guest's CPUs run.</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Resume : VmCommand;

    /// <summary>The command's name as CLI and HTTP spell it.</summary>
    [JsonIgnore]
    public string Kind => this switch
    {
        Define => "define",
        Undefine => "undefine",
        Start => "start",
        Stop => "stop",
        Shutdown => "shutdown",
        Reboot => "reboot",
        Backup => "backup",
        SuspendToDisk => "suspend-to-disk",
        Migrate => "migrate",
        MigrateResolve => "migrate-resolve",
        Cancel => "cancel",
        Reset => "reset",
        Pause => "pause",
        Resume => "resume",
        _ => throw new InvalidOperationException($"{GetType().Name} has no name"),
    };
}
