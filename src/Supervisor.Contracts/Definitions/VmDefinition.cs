using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Definitions;

/// <summary>What a VM is to be, as a person wrote it, every default filled in and every path absolute.</summary>
public sealed record VmDefinition
{
    /// <summary>The VM's number on its node.</summary>
    public required VmId Id { get; init; }

    /// <summary>Its name, see <see cref="VmName"/>; <c>vm-ID</c> unless told.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// What the guest knows its machine by, in lower case with dashes; null for one that is derived from the node and the id.
    /// </summary>
    public string? Uuid { get; init; }

    /// <summary>The guest's memory in bytes: a multiple of 1 MiB, at least 1 MiB.</summary>
    public required long Memory { get; init; }

    /// <summary>Virtual CPUs, 1 to 255 (the limit of q35 in QEMU 7.2 without an interrupt remapper is 255).</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>How they are arranged; null for what the machine type makes of their number.</summary>
    public CpuTopology? Topology { get; init; }

    /// <summary>QEMU's name of their model, such as <c>host</c> or <c>max</c>; null for the machine type's own.</summary>
    public string? Cpu { get; init; }

    /// <summary>Features that the model is to have (<c>+aes</c>) or not to have (<c>-vmx</c>).</summary>
    public ValueList<string> CpuFlags { get; init; } = [];

    /// <summary>
    /// The most memory in bytes that QEMU with all that belongs to it may use, the guest's included; null for no limit.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>The most CPU time that QEMU may use, in CPUs of the host (1.5: one and a half); null for no limit.</summary>
    public decimal? CpuLimit { get; init; }

    /// <summary>QEMU's machine type.</summary>
    public string Machine { get; init; } = "q35";

    /// <summary>
    /// The versioned type that <see cref="Machine"/> stood for when the VM was defined (<c>pc-q35-7.2</c> for
    /// <c>q35</c>): what its starts use, so that an upgrade of QEMU does not change the guest's hardware. Null when the
    /// type is versioned itself, or when there was no QEMU to ask yet.
    /// </summary>
    public string? PinnedMachine { get; init; }

    /// <summary>Who executes the guest's instructions.</summary>
    public Accelerator Accel { get; init; }

    /// <summary>What the machine boots by.</summary>
    public Firmware Firmware { get; init; }

    /// <summary>A firmware image for QEMU's <c>-bios</c>, absolute; null for the machine's own.</summary>
    public string? Bios { get; init; }

    /// <summary>A kernel that QEMU boots by itself, absolute; null to boot from the firmware.</summary>
    public string? Kernel { get; init; }

    /// <summary>The kernel's initial RAM disk, absolute.</summary>
    public string? Initrd { get; init; }

    /// <summary>The kernel's command line.</summary>
    public string? Cmdline { get; init; }

    /// <summary>
    /// What the firmware tries to boot from, in order: <c>disk0</c>, <c>net0</c>, … by their places. Empty for the disks
    /// in their order.
    /// </summary>
    public ValueList<string> Boot { get; init; } = [];

    /// <summary>Disks, in the order in which the guest finds them.</summary>
    public ValueList<DiskDefinition> Disks { get; init; } = [];

    /// <summary>Network interfaces, in the order in which the guest finds them.</summary>
    public ValueList<NicDefinition> Nics { get; init; } = [];

    /// <summary>Whether the guest gets random numbers of the host's (virtio-rng).</summary>
    public bool Rng { get; init; } = true;

    /// <summary>Whether the guest's memory can be shrunk and grown while it runs, and its use be seen (virtio-balloon).</summary>
    public bool Balloon { get; init; } = true;

    /// <summary>
    /// Whether there is a channel to an agent in the guest (<c>org.qemu.guest_agent.0</c>). Not unless told: whoever finds
    /// the channel takes it that an agent runs, and waits for its answer.
    /// </summary>
    public bool Agent { get; init; }

    /// <summary>Whether a panic of the guest is seen (pvpanic): without it, it looks like a running guest.</summary>
    public bool Pvpanic { get; init; } = true;

    /// <summary>The watchdog (i6300esb), which does nothing until the guest arms it.</summary>
    public Watchdog Watchdog { get; init; }

    /// <summary>Executables that are called at every phase of a life, absolute, in order.</summary>
    public ValueList<string> Hooks { get; init; } = [];

    /// <summary>What follows when a life ends that nobody asked to end.</summary>
    public RestartPolicy Restart { get; init; }

    /// <summary>What follows when the guest panics.</summary>
    public PanicPolicy OnPanic { get; init; } = PanicPolicy.Stop;

    /// <summary>Whether the VM is started when the supervisor starts for the first time after a boot of the host.</summary>
    public bool Autostart { get; init; }

    /// <summary>
    /// Its place among the VMs that are started with the host, 0 to 9999: lower ones first, equal ones together, and
    /// backwards when the node is shut down. 1000 unless told, so that VMs which are told come first.
    /// </summary>
    public int StartupOrder { get; init; } = DefaultStartupOrder;

    /// <summary>How long the host waits after it started this VM before it starts those of the next order; at most an hour.</summary>
    public TimeSpan StartupDelay { get; init; }

    /// <summary>See <see cref="StartupOrder"/>.</summary>
    public const int DefaultStartupOrder = 1000;

    /// <summary>How long a guest may take to power itself off when it is asked to; 60 s unless told.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Arguments appended to QEMU's command line as they are.</summary>
    public ValueList<string> QemuArgs { get; init; } = [];
}

/// <summary>Who executes the guest's instructions.</summary>
[JsonConverter(typeof(EnumJsonConverter<Accelerator>))]
public enum Accelerator
{
    /// <summary>KVM where it has been seen to run a guest, otherwise TCG.</summary>
    Auto,

    /// <summary>The kernel's hypervisor; the start fails where it is not usable.</summary>
    Kvm,

    /// <summary>QEMU's translator.</summary>
    Tcg,
}

/// <summary>What follows when a life ends that nobody asked to end.</summary>
[JsonConverter(typeof(EnumJsonConverter<RestartPolicy>))]
public enum RestartPolicy
{
    /// <summary>The VM stays down.</summary>
    Never,

    /// <summary>A crash is followed by a start.</summary>
    OnCrash,

    /// <summary>A crash or the guest's own power-off is followed by a start.</summary>
    Always,
}

/// <summary>What follows when the guest panics.</summary>
[JsonConverter(typeof(EnumJsonConverter<PanicPolicy>))]
public enum PanicPolicy
{
    /// <summary>The VM is stopped and cleaned up.</summary>
    Stop,

    /// <summary>The VM is stopped, cleaned up and started again.</summary>
    Restart,

    /// <summary>The paused process is kept for a post-mortem.</summary>
    Preserve,
}

/// <summary>One disk.</summary>
public sealed record DiskDefinition
{
    /// <summary>
    /// What is behind it: one of <see cref="DiskType"/>, or <c>x-NAME</c> for a kind of volume that the node's embedder
    /// added.
    /// </summary>
    public string Type { get; init; } = DiskType.File;

    /// <summary>The image or device, absolute; of a kind that goes by other names, its name for the volume.</summary>
    public required string Path { get; init; }

    /// <summary>The executable behind a volume of type <see cref="DiskType.Script"/>, absolute; null for other types.</summary>
    public string? Script { get; init; }

    /// <summary>The image's format.</summary>
    public DiskFormat Format { get; init; } = DiskFormat.Qcow2;

    /// <summary>How the guest sees it.</summary>
    public DiskBus Bus { get; init; } = DiskBus.Virtio;

    /// <summary>Whether the guest may only read it.</summary>
    public bool Readonly { get; init; }

    /// <summary>What kind of drive the guest sees.</summary>
    public DiskMedia Media { get; init; }

    /// <summary>What is between the guest's writes and the image.</summary>
    public DiskCache Cache { get; init; }

    /// <summary>What becomes of blocks that the guest discards.</summary>
    public DiskDiscard Discard { get; init; }

    /// <summary>Whether a thread of its own works for it, beside QEMU's main loop.</summary>
    public bool Iothread { get; init; }

    /// <summary>The serial number that the guest sees, 1 to 20 characters; null for none.</summary>
    public string? Serial { get; init; }
}

/// <summary>The kinds of volume that every node knows.</summary>
public static class DiskType
{
    /// <summary>An image file, or a device that is always there: nothing to activate.</summary>
    public const string File = "file";

    /// <summary>A file that the supervisor attaches to a loop device.</summary>
    public const string Loop = "loop";

    /// <summary>A volume that an executable activates and deactivates: LVM, iSCSI, Ceph and the rest.</summary>
    public const string Script = "script";

    /// <summary>What the names of an embedder's own kinds begin with.</summary>
    public const string OwnPrefix = "x-";
}

/// <summary>An image's format.</summary>
[JsonConverter(typeof(EnumJsonConverter<DiskFormat>))]
public enum DiskFormat
{
    /// <summary>QEMU's own format.</summary>
    Qcow2,

    /// <summary>The disk's bytes as they are.</summary>
    Raw,
}

/// <summary>How the guest sees a disk.</summary>
[JsonConverter(typeof(EnumJsonConverter<DiskBus>))]
public enum DiskBus
{
    /// <summary>A virtio block device.</summary>
    Virtio,

    /// <summary>A disk on a virtio SCSI controller.</summary>
    Scsi,

    /// <summary>A disk on the machine's AHCI controller.</summary>
    Sata,
}

/// <summary>One network interface.</summary>
public sealed record NicDefinition
{
    /// <summary>
    /// What it is connected to: one of <see cref="NicType"/>, or <c>x-NAME</c> for a kind of network that the node's
    /// embedder added.
    /// </summary>
    public string Type { get; init; } = NicType.User;

    /// <summary>The bridge of a tap device; to a kind of the embedder's, whatever it means by it.</summary>
    public string? Bridge { get; init; }

    /// <summary>The guest's hardware address as <c>52:54:00:xx:xx:xx</c>; null for one derived from node, VM and place.</summary>
    public string? Mac { get; init; }

    /// <summary>The VLAN whose untagged member the interface is on its bridge, 1 to 4094; null for what the bridge gives every port.</summary>
    public int? Vlan { get; init; }

    /// <summary>Bytes of payload in a frame, 68 to 65521 (the kernel's limits for a tap); null for that of the bridge.</summary>
    public int? Mtu { get; init; }

    /// <summary>Pairs of queues, 1 to 256 (the kernel's limit for a tap): so many of the guest's CPUs can send at the same time.</summary>
    public int Queues { get; init; } = 1;

    /// <summary>Whether the guest sees a carrier.</summary>
    public NicLink Link { get; init; }

    /// <summary>Ports of the host that lead into the guest; only of a <see cref="NicType.User"/> network.</summary>
    public ValueList<PortForward> Forward { get; init; } = [];
}

/// <summary>The kinds of network that every node knows.</summary>
public static class NicType
{
    /// <summary>QEMU's own user-mode network; needs nothing of the host.</summary>
    public const string User = "user";

    /// <summary>A tap device on a bridge.</summary>
    public const string Tap = "tap";

    /// <summary>What the names of an embedder's own kinds begin with.</summary>
    public const string OwnPrefix = "x-";
}

/// <summary>Whether a network interface is plugged in.</summary>
[JsonConverter(typeof(EnumJsonConverter<NicLink>))]
public enum NicLink
{
    /// <summary>It has a carrier.</summary>
    Up,

    /// <summary>It is there, and has none.</summary>
    Down,
}
