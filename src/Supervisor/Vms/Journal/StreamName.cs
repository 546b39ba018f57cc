using System.Diagnostics.CodeAnalysis;
using VmSupervisor.Contracts;

namespace VmSupervisor.Vms.Journal;

/// <summary>The name of a VM's stream in the journal.</summary>
internal static class StreamName
{
    private const string Prefix = "vm-";

    public static string Of(VmId vm) => $"{Prefix}{vm}";

    public static bool TryParse([NotNullWhen(true)] string? name, out VmId vm)
    {
        vm = default;
        return name is not null && name.StartsWith(Prefix, StringComparison.Ordinal) && VmId.TryParse(name[Prefix.Length..], out vm);
    }
}
