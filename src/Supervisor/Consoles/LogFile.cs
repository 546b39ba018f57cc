using Microsoft.Win32.SafeHandles;
using VmSupervisor.Linux;

namespace VmSupervisor.Consoles;

/// <summary>A serial log that is open to read; also when it is called otherwise now, or is deleted.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly SafeFileHandle handle;

    private LogFile(SafeFileHandle handle)
    {
        this.handle = handle;
        Number = FileNumber.Of(handle).Number;
    }

    /// <summary>Which one it is (<see cref="FileNumber"/>).</summary>
    public ulong Number { get; }

    public long Size => FileNumber.Of(handle).Size;

    /// <summary>Opens one; null when there is none of that name.</summary>
    public static LogFile? TryOpen(string path)
    {
        try
        {
            return new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(handle, buffer, offset);

    public void Dispose() => handle.Dispose();
}
