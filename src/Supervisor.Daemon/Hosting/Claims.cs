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
        // Others must get through the run directory to the socket, where they are told that they are not allowed; what
        // guests write in there is nobody's business.
        if (!Directory.Exists(options.RunDirectory))
        {
            Directory.CreateDirectory(options.RunDirectory);

            // Whatever the umask is.
            File.SetUnixFileMode(options.RunDirectory, Passable);
        }

        Directory.CreateDirectory(Path.Combine(options.RunDirectory, "vms"), OwnerOnly);

        var claims = new Claims();
        try
        {
            claims.Add("state directory", options.StateDirectory, "--state-dir", options.Node);
            if (options.RunDirectory != options.StateDirectory)
                claims.Add("run directory", options.RunDirectory, "--run-dir", options.Node);
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

    private void Add(string what, string directory, string flag, string node)
    {
        if (StateDirectoryLock.TryAcquire(directory, node, out var holder) is { } held)
        {
            locks.Add(held);
            return;
        }

        var pid = holder?.Pid is { } number ? $" by process {number}" : "";
        var name = holder?.Node is { } other ? $" (node {other})" : "";
        throw new ClaimedException($"the {what} {directory} is held{pid}{name}; stop that daemon, or choose another directory with {flag}");
    }
}
