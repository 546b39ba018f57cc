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

    public static bool IsNumber(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
