using System.Text;
using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests.Children;

/// <summary>Appends to several streams at once for as long as it lives, and says so only after each acknowledgement.</summary>
internal static class Appender
{
    public const int Streams = 8;

    public static string Content(string id, long version) => $"{id} at {version} {new string('x', (int)(version % 700))}";

    public static async Task<int> RunAsync(string path)
    {
        await using var journal = TestJournal.Open(path);
        var output = Console.OpenStandardOutput();
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => AppendForEverAsync(journal, $"vm-{i}", output)));
        return 1;
    }

    private static async Task AppendForEverAsync(IJournal journal, string id, Stream output)
    {
        for (var version = await journal.HighestVersionAsync(id); ;)
        {
            // One event or three at once: those three are there together or not at all.
            var count = version % 4 == 0 ? 3 : 1;
            var contents = Enumerable.Range(1, count).Select(i => Content(id, version + i)).ToArray();
            var appended = await journal.MustAppendAsync(TestJournal.Append(id, version, contents));
            version = appended.Version;
            // One write call per line, unbuffered: a line that can be read was acknowledged, whole.
            var line = Encoding.ASCII.GetBytes($"{id} {version} {appended.Position}\n");
            lock (output)
                output.Write(line);
        }
    }
}
