using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Resources;
using VmSupervisor.Resources.Taps;

namespace VmSupervisor.Doctor.Leftovers;

/// <summary>Tap devices of this node's whose VM has no life. Surely ours by the name and by what stands in the alias.</summary>
internal sealed class StrayTaps(string node, IKnownVms vms, string interfaces = "/sys/class/net") : ILeftoverKind
{
    public IReadOnlyList<Leftover> Find()
    {
        var seen = Ours();
        var known = vms.Look();
        return !known.Ready ? [] :
        [
            .. from tap in seen
               where !known.Unrecovered.Any(u => u.Id == tap.Vm) && !known.Vms.Any(vm => vm.Id == tap.Vm && vm.Life is not null)
               select Leftover.Removable(
                   $"tap-{tap.Name}", "tap", tap.Vm, new Incarnation(0), $"the tap device {tap.Name} is of vm {tap.Vm}, which does not run", "delete it, once no process uses it",
                   _ => Task.FromResult(Delete(tap.Name))),
        ];
    }

    private (string Name, VmId Vm)[] Ours() => !Directory.Exists(interfaces) ? [] :
    [
        .. from name in Directory.EnumerateFileSystemEntries(interfaces).Select(i => Path.GetFileName(i)).Order(StringComparer.Ordinal)
           where File.Exists(Path.Combine(interfaces, name, "tun_flags"))
           where Read(name, "ifalias") is ['v', 'm', 's', 'u', 'p', ' ', ..]
           let words = Read(name, "ifalias").Split(' ')
           where words is [_, _, "vm", _, ['n', 'e', 't', ..]] && words[1] == node && VmId.TryParse(words[3], out _)
           let vm = VmId.TryParse(words[3], out var id) ? id : default
           where Enumerable.Range(0, TapName.MostPlaces).Any(place => TapName.Of(new ResourceOwner(node, vm), place) == name)
           select (name, vm),
    ];

    private string Delete(string name)
    {
        // A tap has a carrier as long as somebody has it open.
        if (Read(name, "carrier") == "1")
            throw new IOException($"{name} is in use by a process");
        return NetworkInterface.Delete(name) ? "it was deleted" : "it was gone";
    }

    private string Read(string name, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(interfaces, name, file)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile; a carrier cannot be read of an interface that is down.
            return "";
        }
    }
}
