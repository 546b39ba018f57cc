using VmSupervisor.Daemon.Configuration;
using VmSupervisor.Journal.Sqlite;

namespace VmSupervisor.Daemon.Hosting;

/// <summary>Another daemon holds what this one needs.</summary>
internal sealed class ClaimedException(string message) : Exception(message);

/// <summary>
/// What only one daemon may use at a time: the state directory, and the run directory too, since two daemons that
/// share one would take each other's VMs for their own.
/// </summary>
internal sealed class Claims : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Passable =
        OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly List<StateDirectoryLock> locks = [];

    private Claims() { }

    /// <exception cref="ClaimedException">Another daemon holds one of them.</exception>
    /// <exception cref="IOException">A directory cannot be used.</exception>
    public static Claims Take(DaemonOptions options)
    {
        Needed[] needed = [new("state directory", options.StateDirectory, "--state-dir"), new("run directory", options.RunDirectory, "--run-dir")];
        var claims = new Claims();
        try
        {
            // Only what exists can be held by another: what is missing is made when nothing can refuse any more.
            foreach (var one in needed.DistinctBy(one => one.Path).OrderBy(one => !Directory.Exists(one.Path)))
            {
                if (one.Path == options.RunDirectory)
                    MakeRunDirectory(one.Path);
                claims.Add(one, options.Node);
            }

            Directory.CreateDirectory(Path.Combine(options.RunDirectory, "vms"), OwnerOnly);
            return claims;
        }
        catch
        {
            claims.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var held in Enumerable.Reverse(locks))
            held.Dispose();
        locks.Clear();
    }

    // Others must get through the run directory to the socket, where they are told that they are not allowed; what
    // guests write in there is nobody's business.
    private static void MakeRunDirectory(string path)
    {
        if (Directory.Exists(path))
            return;
        Directory.CreateDirectory(path);

        // Whatever the umask is.
        File.SetUnixFileMode(path, Passable);
    }

    private void Add(Needed needed, string node)
    {
        if (StateDirectoryLock.TryAcquire(needed.Path, node, out var holder) is { } held)
        {
            locks.Add(held);
            return;
        }

        var pid = holder?.Pid is { } number ? $" by process {number}" : "";
        var name = holder?.Node is { } other ? $" (node {other})" : "";
        throw new ClaimedException($"the {needed.What} {needed.Path} is held{pid}{name}; stop that daemon, or choose another directory with {needed.Flag}");
    }

    private sealed record Needed(string What, string Path, string Flag);
}
