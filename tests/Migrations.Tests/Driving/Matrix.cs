using System.Collections.Concurrent;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>Runs cells, each row of the matrix in an arena of its own; after a violation the next cell gets a new one.</summary>
internal static class Matrix
{
    /// <param name="cells">Which.</param>
    /// <param name="runs">How often each.</param>
    /// <param name="atOnce">How many arenas there are at the same time.</param>
    /// <param name="tell">Told each end.</param>
    public static async Task<IReadOnlyList<CellEnd>> RunAsync(IEnumerable<Cell> cells, int runs, int atOnce, Action<CellEnd> tell)
    {
        var rows = new ConcurrentQueue<Cell[]>(cells.GroupBy(c => c.RowName).Select(row => Enumerable.Repeat(row, runs).SelectMany(r => r).ToArray()));
        var ends = new ConcurrentQueue<CellEnd>();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(WorkAsync)));
        return [.. ends];

        async Task WorkAsync()
        {
            while (rows.TryDequeue(out var row))
            {
                for (var todo = new Queue<Cell>(row); todo.Count > 0;)
                    await OneArenaAsync(todo);
            }
        }

        async Task OneArenaAsync(Queue<Cell> todo)
        {
            var first = todo.Peek();
            var vm = 100;
            try
            {
                await Arena.OfItsOwnAsync(first.Lasts ? Patience.Short : Patience.Long, async arena =>
                {
                    while (todo.TryDequeue(out var cell))
                    {
                        var end = await CellRun.OfAsync(arena, cell, vm++);
                        Add(end);
                        if (end.Violation is not null)
                            throw new BrokenArenaException();
                    }
                });
            }
            catch (BrokenArenaException)
            {
                // It is told already.
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Add(new(first, null, TimeSpan.Zero, $"{first.RowName}, after its cells: {e.Message}"));
                todo.TryDequeue(out _);
            }
        }

        void Add(CellEnd end)
        {
            ends.Enqueue(end);
            tell(end);
        }
    }

    private sealed class BrokenArenaException : Exception;
}
