using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Resources;
using VmSupervisor.Resources.Volumes;

namespace VmSupervisor.Doctor.Leftovers;

/// <summary>
/// Loop devices that this node attached and whose VM neither runs nor keeps them. Surely ours by the label: it is made of the
/// node, the VM and the file behind the device.
/// </summary>
internal sealed class StrayLoops(string node, IKnownVms vms) : ILeftoverKind
{
    public IReadOnlyList<Leftover> Find()
    {
        var seen = LoopDevice.All().Select(device => (Device: device, Owner: OwnerOf(device))).Where(d => d.Owner is not null).ToArray();
        var known = vms.Look();
        return !known.Ready ? [] :
        [
            .. from one in seen
               let owner = one.Owner!.Value
               where !known.Unrecovered.Any(u => u.Id == owner.Vm)
                   && !known.Vms.Any(vm => vm.Id == owner.Vm && (vm.Life is not null || vm.Kept.Contains(owner.File)))
               select Leftover.Removable(
                   $"loop-{one.Device.Path}-{one.Device.Label}", "loop", owner.Vm, new Incarnation(0),
                   $"{one.Device.Path} has {owner.File} behind it, for vm {owner.Vm}, which does not run", "detach it", _ => Task.FromResult(Detach(one.Device))),
        ];
    }

    private static string Detach(LoopDevice device)
    {
        if (LoopDevice.Look(device.Path)?.Label != device.Label)
            return "it was detached";
        return device.Detach() ? "it was detached" : throw new IOException($"{device.Path} is still in use (fuser {device.Path}); the kernel detaches it after the last use");
    }

    /// <summary>Whose it is, and which file is behind it; null when it is not this node's.</summary>
    private (VmId Vm, string File)? OwnerOf(LoopDevice device)
    {
        if (device.Label.Split('/') is not ["vmsup", var number, _] || !VmId.TryParse(number, out var vm))
            return null;
        var file = BackingFile(device.Path);
        return new[] { false, true }.Any(only => LoopVolumes.LabelOf(new VolumeRequest(new ResourceOwner(node, vm), file, only, null)) == device.Label)
            ? (vm, file)
            : null;
    }

    private static string BackingFile(string device)
    {
        try
        {
            return File.ReadAllText($"/sys/block/{Path.GetFileName(device)}/loop/backing_file").TrimEnd('\n');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
