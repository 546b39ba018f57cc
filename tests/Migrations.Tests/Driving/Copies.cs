using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>A QEMU process of a VM, as /proc shows it.</summary>
/// <param name="Node">Whose.</param>
/// <param name="Pid">Its number.</param>
/// <param name="RunDirectory">Of its life.</param>
internal sealed record Copy(Node Node, int Pid, string RunDirectory);

/// <summary>The copies of a VM that there are on both nodes.</summary>
internal static class Copies
{
    public static IReadOnlyList<Copy> Of(Node node, int vm)
    {
        var place = Path.Combine(node.Run, "vms", $"{vm}") + "/";
        return
        [
            .. from process in node.World.Processes()
               let argument = process.Arguments.FirstOrDefault(a => a.Contains(place))
               where argument is not null && process.Arguments[0].Contains("qemu")
               let start = argument.IndexOf(place, StringComparison.Ordinal)
               let life = argument[(start + place.Length)..].Split('/', ',')[0]
               select new Copy(node, process.Pid, argument.Substring(start, place.Length) + life),
        ];
    }

    public static IReadOnlyList<Copy> OfBoth(Arena arena, int vm) => [.. arena.Nodes.SelectMany(node => Of(node, vm))];

    /// <summary>Of its lives; what is held for the VM beside them goes with the last one.</summary>
    public static IReadOnlyList<string> RunDirectories(Arena arena, int vm) =>
    [
        .. arena.Nodes.SelectMany(node => node.World.RunDirectories())
            .Where(d => Path.GetFileName(Path.GetDirectoryName(d)) == $"{vm}" && long.TryParse(Path.GetFileName(d), out _)),
    ];

    /// <summary>The one process of a VM on a node.</summary>
    public static Copy The(Node node, int vm) => Assert.Single(Of(node, vm));
}
