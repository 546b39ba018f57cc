using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Migrations.Tests.Driving;

namespace VmSupervisor.Migrations.Tests;

[Trait("Category", "Qemu")]
[Trait("Speed", "Slow")]
public sealed class MatrixTests
{
    private const int AtOnce = 4;

    [Fact(Timeout = Limits.Test * 2)]
    public async Task Whatever_is_killed_or_cut_at_whatever_moment_the_guest_runs_once_and_where_the_design_says()
    {
        var ends = await Matrix.RunAsync(Cell.Quick, runs: 1, AtOnce, end => Console.WriteLine($"{end.Cell}: {end.Outcome}, settled in {end.Settled.TotalMilliseconds:0} ms"));

        var violations = ends.Select(e => e.Violation).OfType<string>().ToArray();
        Assert.True(violations.Length == 0, string.Join("\n\n", violations));
        Assert.Equal(Cell.Quick, ends.Select(e => e.Cell).OrderBy(c => Cell.Quick.ToList().IndexOf(c)));
        Console.WriteLine($"## {ends.Count} cells of the kill matrix, settled after {ends.Max(e => e.Settled).TotalSeconds:0.0} s at most");
    }
}
