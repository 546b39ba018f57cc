using System.Text.RegularExpressions;

namespace VmSupervisor.Chaos.Observer;

/// <summary>
/// Never two QEMUs of a VM, one process in a life, and nothing given back under a living one. All is asked in an order in
/// which a change between two looks cannot make a violation: what was gone before a process was seen alive was gone under it.
/// </summary>
internal sealed partial class ProcessRules(Place place, Processes processes, Violations violations)
{
    private readonly Dictionary<(int Vm, long Life), (int Pid, long Start)> seen = [];

    /// <summary>How many processes were ever seen.</summary>
    public int Seen => seen.Count;

    public void Look(Func<int, long?> ended, IEnumerable<(string Volume, double Since)> given)
    {
        var qemus = processes.Qemus();
        foreach (var vm in qemus.GroupBy(q => q.Vm).Where(g => g.Count() > 1))
            Two(vm);
        foreach (var qemu in qemus)
        {
            if (!seen.TryAdd((qemu.Vm, qemu.Life), (qemu.Pid, qemu.Start)) && seen[(qemu.Vm, qemu.Life)] != (qemu.Pid, qemu.Start))
                violations.Add($"{qemu} is the second process of its life, after {seen[(qemu.Vm, qemu.Life)].Pid}");
            if (ended(qemu.Vm) is { } life && life >= qemu.Life)
                violations.Add($"{qemu} lived when post-stop of the life {life} had begun");
            foreach (var (volume, since) in given)
            {
                if (qemu.Start < since * 100 && qemu.Line.Contains($"/volumes/{volume}.img"))
                    violations.Add($"{qemu} lived when {volume} had been given back");
            }

            NothingIsGone(qemu);
        }
    }

    private void Two(IGrouping<int, Qemu> vm)
    {
        // Each was seen alive before the next one was looked at; only those that still are lived side by side.
        var living = vm.Where(processes.Lives).ToList();
        if (living.Count > 1)
            violations.Add($"vm {vm.Key} has {living.Count} QEMUs: {string.Join(" and ", living)}");
    }

    private void NothingIsGone(Qemu qemu)
    {
        var gone = new List<string>();
        if (!Directory.Exists($"{place.RunDirectories}/{qemu.Vm}/{qemu.Life}"))
            gone.Add("its run directory");
        gone.AddRange(InterfaceName().Matches(qemu.Line).Select(m => m.Groups[1].Value).Where(name => !Devices.HasInterface(name)));
        gone.AddRange(LoopName().Matches(qemu.Line).Select(m => m.Groups[1].Value).Where(name => !Devices.HasLoop(name)));
        if (gone.Count > 0 && processes.Lives(qemu))
            violations.Add($"{qemu} lives without {string.Join(", ", gone)}");
    }

    [GeneratedRegex("ifname\"?[=:]\"?([a-z0-9]+)")]
    private static partial Regex InterfaceName();

    [GeneratedRegex("/dev/(loop[0-9]+)")]
    private static partial Regex LoopName();
}
