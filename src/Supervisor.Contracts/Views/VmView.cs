namespace VmSupervisor.Contracts.Views;

/// <summary>A VM as it is shown to people and scripts. The field names are fixed.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Node">The node that owns it.</param>
/// <param name="State"><c>Starting</c>, <c>Running</c>, <c>Stopping</c> or <c>CleanedUp</c>.</param>
/// <param name="Incarnation">The current life, or the last one; 0 before the first.</param>
/// <param name="Guest"><c>off prelaunch running paused suspended shutdown panicked io-error internal-error watchdog incoming</c>.</param>
/// <param name="Pid">QEMU's process id; null when there is none.</param>
/// <param name="Cause">Why it is where it is.</param>
/// <param name="Since">When it got there.</param>
/// <param name="Operation">The oldest operation under way; null when there is none.</param>
/// <param name="Activity">What it is busy with beside running; null when there is nothing.</param>
/// <param name="Restarts">How often the restart policy started it again since it last ran well.</param>
/// <param name="Volumes">Its volumes and whether they are active.</param>
/// <param name="Problems">What needs a person; a line each.</param>
public sealed record VmView(
    VmId Id,
    string Name,
    string Node,
    string State,
    Incarnation Incarnation,
    string Guest,
    int? Pid,
    string Cause,
    DateTimeOffset Since,
    OperationId? Operation,
    string? Activity,
    int Restarts,
    ValueList<VolumeView> Volumes,
    ValueList<string> Problems)
{
    /// <summary>The cause in one line for a person, such as why a start failed; empty when the cause says it all.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The machine type of the life that runs, or of the next one: the versioned one where it is known.</summary>
    public string Machine { get; init; } = "";

    /// <summary>The node that it was moved to and lives on; null when it is this one's.</summary>
    public string? Home { get; init; }

    /// <summary>Whether the definition was changed since the life that runs was started; the next start takes the change.</summary>
    public bool Pending { get; init; }

    /// <summary>Its network interfaces: those of the current life, or of the next one.</summary>
    public ValueList<NetworkView> Networks { get; init; } = [];

    /// <summary>The version of its stream in the journal that this view shows.</summary>
    public long Version { get; init; }
}

/// <summary>One volume of a VM.</summary>
/// <param name="Name">Its name within the VM: <c>disk0</c>, <c>disk1</c>, …</param>
/// <param name="Path">The image or device.</param>
/// <param name="Active">Whether it is activated on this node.</param>
/// <param name="Kept">Whether it was kept active on purpose after the last life.</param>
public sealed record VolumeView(string Name, string Path, bool Active, bool Kept);

/// <summary>One network interface of a VM.</summary>
/// <param name="Name">Its name within the VM: <c>net0</c>, <c>net1</c>, …</param>
/// <param name="Type">What it is connected to: <c>user</c>, <c>tap</c>, …</param>
/// <param name="Bridge">Its bridge; null without one.</param>
/// <param name="Mac">Its hardware address as the guest sees it.</param>
/// <param name="Forwards">The host's ports that lead to it: <c>tcp 127.0.0.1:2222 to port 22</c>.</param>
public sealed record NetworkView(string Name, string Type, string? Bridge, string Mac, ValueList<string> Forwards);

/// <summary>One entry of a VM's history: the journal, readable, with the refused and ignored inputs that mattered.</summary>
/// <param name="Version">The stream's version: of this event, or when this input was refused or ignored.</param>
/// <param name="Time">When.</param>
/// <param name="Incarnation">The life it is about; 0 for none.</param>
/// <param name="Type">The event's name, or <c>refused</c> or <c>ignored</c>.</param>
/// <param name="Cause">Why the VM's state changed; null when it did not.</param>
/// <param name="Operation">The operation it belongs to.</param>
/// <param name="By">Who or what caused it.</param>
/// <param name="Data">What else is known, by name.</param>
public sealed record HistoryEntry(
    long Version, DateTimeOffset Time, Incarnation Incarnation, string Type, string? Cause, OperationId? Operation, string? By,
    IReadOnlyDictionary<string, string> Data);

/// <summary>A change of a VM as subscribers see it.</summary>
/// <param name="Position">Its place in the node's journal; give it as <c>Last-Event-ID</c> to go on after it.</param>
/// <param name="Vm">The VM.</param>
/// <param name="Entry">What happened.</param>
public sealed record VmEvent(long Position, VmId Vm, HistoryEntry Entry);
