using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>Who holds a state directory, as far as the lock file tells.</summary>
/// <param name="Pid">The process; null when the file does not say (it is just being written).</param>
/// <param name="Node">The node's name; null likewise.</param>
public sealed record StateDirectoryHolder(int? Pid, string? Node);

/// <summary>
/// The exclusive claim of one daemon on a state directory: an <c>flock</c> on its file <c>lock</c>, held for the life
/// of the process. The kernel releases it when the process ends, however it ends; programs the process starts do not
/// inherit it.
/// </summary>
/// <remarks>
/// Not .NET's <see cref="FileShare.None"/>: that is an flock too, but one whose failure on a file system without
/// locks is swallowed, and that a runtime setting turns off.
/// </remarks>
public sealed class StateDirectoryLock : IDisposable
{
    private const string FileName = "lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly SafeFileHandle file;

    private StateDirectoryLock(SafeFileHandle file) => this.file = file;

    /// <summary>
    /// Claims a directory, which is created (mode 0700) when it is missing. Null when another process holds it; then
    /// <paramref name="holder"/> tells which.
    /// </summary>
    /// <param name="stateDirectory">The directory.</param>
    /// <param name="node">The name of the node, for whoever is refused.</param>
    /// <param name="holder">Who holds it, if not we.</param>
    /// <exception cref="IOException">The lock cannot be taken for another reason; the message says which.</exception>
    public static StateDirectoryLock? TryAcquire(string stateDirectory, string node, out StateDirectoryHolder? holder)
    {
        holder = null;
        if (OperatingSystem.IsLinux() && !Directory.Exists(stateDirectory))
            Directory.CreateDirectory(stateDirectory, OwnerOnly);
        var path = Path.Combine(stateDirectory, FileName);
        var file = Libc.Open(path, Libc.ReadWrite | Libc.CreateFile | Libc.CloseOnExec, Libc.OwnerOnly);
        try
        {
            if (file.IsInvalid)
                throw new IOException($"{path} cannot be opened: {Libc.LastError()}; is the directory yours and writable?");
            if (Libc.Flock(file, Libc.LockExclusive | Libc.LockNonBlocking) == 0)
            {
                Sign(file, node);
                // A forgotten reference must not give the directory away in the middle of the process's life.
                GC.SuppressFinalize(file);
                var claim = new StateDirectoryLock(file);
                file = null;
                return claim;
            }
            if (Marshal.GetLastPInvokeError() != Libc.WouldBlock)
                throw new IOException($"{path} cannot be locked: {Libc.LastError()}; the state directory needs a file system with flock");
            holder = ReadHolder(file);
            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Releases the claim. The file stays: deleting it would let two processes lock two files of one name.</summary>
    public void Dispose() => file.Dispose();

    private static void Sign(SafeFileHandle file, string node)
    {
        try
        {
            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n{node}\n")), 0);
        }
        catch (IOException)
        {
            // A full disk: the lock holds without the signature, which is only for a message.
        }
    }

    private static StateDirectoryHolder ReadHolder(SafeFileHandle file)
    {
        Span<byte> content = stackalloc byte[256];
        var read = RandomAccess.Read(file, content, 0);
        var lines = Encoding.UTF8.GetString(content[..read]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int? pid = lines.Length > 0 && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var number) ? number : null;
        return new StateDirectoryHolder(pid, lines.Length > 1 ? lines[1] : null);
    }
}
