using System.Globalization;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary><c>make matrix</c>: every cell some times, and one guest 50 times back and forth; the table goes into the document.</summary>
internal static class Command
{
    private const int Moves = 50;

    public static async Task<int> RunAsync(string[] options)
    {
        var given = options.Chunk(2).Where(p => p is [_, { Length: > 0 }]).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        int Number(string name, int otherwise) => given.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

        var filter = given.GetValueOrDefault("--cells", "");
        var cells = Cell.All.Where(c => $"{c}".Contains(filter, StringComparison.OrdinalIgnoreCase)).ToArray();
        var ends = await Matrix.RunAsync(cells, Number("--runs", 5), Number("--at-once", 2), end => Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{end.Cell}: {end.Outcome}, settled in {end.Settled.TotalMilliseconds:0} ms{(end.Violation is null ? "" : $"\n{end.Violation}")}")));
        var stood = await BackAndForth.RunAsync(Number("--moves", Moves));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stood.Count} migrations back and forth: the guest stood still for {stood.Max().TotalMilliseconds:0} ms at most"));
        if (given.TryGetValue("--report", out var report))
            await Report.WriteAsync(report, ends, stood);
        var violations = ends.Count(e => e.Violation is not null);
        Console.WriteLine($"{ends.Count} runs of {cells.Length} cells: {violations} violations");
        return violations == 0 && ends.Count > 0 ? 0 : 1;
    }
}
