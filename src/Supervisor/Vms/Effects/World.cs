using VmSupervisor.Domain;
using VmSupervisor.Hooks;
using VmSupervisor.Migration;
using VmSupervisor.Qemu;
using VmSupervisor.Resources;

namespace VmSupervisor.Vms.Effects;

/// <summary>The ports through which effects act, the same for all VMs of a node.</summary>
/// <param name="Hypervisor">QEMU.</param>
/// <param name="Backups">What copies disks.</param>
/// <param name="Memory">What writes a guest's memory to a file.</param>
/// <param name="Migrations">What sends guests to other hosts, and receives them.</param>
/// <param name="Peers">The nodes there.</param>
/// <param name="Mirrors">What copies disks to other hosts.</param>
/// <param name="SharedStorage">What finds out whether two nodes have the same image.</param>
/// <param name="Images">The images of disks that go along.</param>
/// <param name="Hooks">The hooks' runner.</param>
/// <param name="Resources">What a start acquires.</param>
/// <param name="Time">The clock of deadlines and backoffs.</param>
/// <param name="RunDirectory">Where run-time files are, absolute.</param>
/// <param name="Memories">Where guests' memory is kept between their lives.</param>
internal sealed record World(
    IHypervisor Hypervisor,
    IBackupJobs Backups,
    IGuestMemory Memory,
    IMigrations Migrations,
    IConversation Peers,
    IMirrors Mirrors,
    ISharedStorage SharedStorage,
    ISessionImages Images,
    IHookRunner Hooks,
    IResources Resources,
    TimeProvider Time,
    string RunDirectory,
    ISavedMemories Memories);
