using System.Globalization;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Doctor.Checks;

/// <summary>Where the lives of VMs have their run-time files: <c>RUN/vms/ID/INCARNATION</c>, see <see cref="ProcessKey"/>.</summary>
internal sealed class LifePaths(string runDirectory)
{
    /// <summary>The directory of all.</summary>
    public string All { get; } = Path.Combine(runDirectory, "vms");

    public string Of(VmId vm) => Path.Combine(All, vm.ToString());

    public string Of(VmId vm, Incarnation life) => Path.Combine(Of(vm), life.ToString());

    /// <summary>The first directory of a VM or a life that a command line names.</summary>
    public string NamedIn(IReadOnlyList<string> arguments)
    {
        foreach (var argument in arguments)
        {
            var at = argument.IndexOf(All + "/", StringComparison.Ordinal);
            if (at < 0)
                continue;
            var parts = argument[(at + All.Length + 1)..].Split('/', ',').TakeWhile(IsNumber).Take(2);
            return string.Join('/', parts.Prepend(All));
        }

        return All;
    }

    /// <summary>Which VM and life a directory is of, as far as its path tells; 0 for what it does not.</summary>
    public (VmId Vm, Incarnation Life) LifeOf(string directory)
    {
        var parts = directory.Length > All.Length ? directory[(All.Length + 1)..].Split('/') : [];
        return (
            parts.Length > 0 && VmId.TryParse(parts[0], out var vm) ? vm : default,
            parts.Length > 1 && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var life) ? new(life) : new(0));
    }

    public static bool IsNumber(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
