using System.Diagnostics;
using VmSupervisor.Journal.Sqlite;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests.Children;

/// <summary>Claims a state directory, starts a program that outlives it, says its pid and waits to be killed.</summary>
internal static class LockHolder
{
    public static async Task<int> RunAsync(string directory, string node)
    {
        if (StateDirectoryLock.TryAcquire(directory, node, out _) is null)
            return 4;
        using var guest = Process.Start("sleep", "600");
        Console.WriteLine(guest.Id);
        GC.Collect();
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
