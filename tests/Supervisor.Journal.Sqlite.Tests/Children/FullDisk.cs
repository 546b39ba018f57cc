using System.Diagnostics;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Journal.Sqlite;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests.Children;

/// <summary>
/// Fills a real file system. Runs in a mount namespace of its own, so that the file system is gone with the process;
/// says line by line what it saw.
/// </summary>
internal static class FullDisk
{
    private const long ReserveBytes = 4 << 20;

    public static async Task<int> RunAsync(string directory)
    {
        using (var mount = Process.Start("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", directory]))
            await mount.WaitForExitAsync();
        var path = Path.Combine(directory, "journal.db");
        var filler = Path.Combine(directory, "filler");
        await using (var journal = Open(path))
        {
            Say("room", await AppendAsync(journal, AppendPriority.Normal, 1));
            Fill(filler);
            Say("full, normal", await AppendUntilRejectedAsync(journal));
            Say("reserve file", Reserve(path));
            Say("full, reserve", await AppendAsync(journal, AppendPriority.Reserve, 200));
            Say("reserve file", Reserve(path));
            Say("full, normal", await AppendAsync(journal, AppendPriority.Normal, 1));
        }
        await using (var journal = Open(path))
        {
            Say("opened on a full disk, normal", await AppendAsync(journal, AppendPriority.Normal, 1));
            Say("opened on a full disk, reserve", await AppendAsync(journal, AppendPriority.Reserve, 10));
            File.Delete(filler);
            Say("room again", await AppendAsync(journal, AppendPriority.Normal, 1));
            Say("reserve file", Reserve(path));
        }
        Fill(filler);
        await using (var journal = Open(path))
        {
            Say("full before it was opened, reserve", await AppendAsync(journal, AppendPriority.Reserve, 1));
            var events = await journal.ListAsync("vm-1");
            Say("without a gap", events.Select(e => e.Version).SequenceEqual(Enumerable.Range(1, events.Count).Select(v => (long)v)).ToString());
        }
        return 0;
    }

    private static SqliteJournal Open(string path) => TestJournal.Open(path, with: o => o with
    {
        ReserveBytes = ReserveBytes,
        Batching = o.Batching with { RestoreInterval = TimeSpan.Zero },
    });

    private static string Reserve(string path) => File.Exists(path + ".reserve") ? $"{new FileInfo(path + ".reserve").Length}" : "given back";

    private static async Task<string> AppendAsync(IJournal journal, AppendPriority priority, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var version = await journal.HighestVersionAsync("vm-1");
            var result = await journal.AppendAsync(TestJournal.Append("vm-1", version, new string('x', 1000)) with { Priority = priority });
            if (result is not AppendResult.Appended)
                return Describe(result);
        }
        return $"appended {count}";
    }

    // What the log has allocated already takes a few more.
    private static async Task<string> AppendUntilRejectedAsync(IJournal journal)
    {
        while (true)
        {
            var answer = await AppendAsync(journal, AppendPriority.Normal, 1);
            if (answer != "appended 1")
                return answer;
        }
    }

    private static string Describe(AppendResult result) => result switch
    {
        AppendResult.Rejected rejected => $"rejected: {rejected.Cause.Message.Split(':')[0]}",
        _ => $"{result}",
    };

    private static void Fill(string path)
    {
        using var file = File.Create(path, bufferSize: 1);
        try
        {
            while (true)
                file.Write(new byte[4096]);
        }
        catch (IOException)
        {
        }
    }

    private static void Say(string what, string answer) => Console.WriteLine($"{what}: {answer}");
}
