using System.Runtime.InteropServices;
using System.Text;

namespace VmSupervisor.Linux;

/// <summary>
/// Reads files without touching their locks: .NET's own readers take a shared <c>flock</c>, and fail on a file that
/// somebody has locked.
/// </summary>
internal static class PlainFile
{
    /// <summary>A file's text; null when it does not exist.</summary>
    /// <exception cref="IOException">It exists and could not be read.</exception>
    public static unsafe string? Read(string path)
    {
        FileDescriptor file;
        try
        {
            file = FileDescriptor.Open(path, LibC.OpenReadOnly);
        }
        catch (IOException e) when (e.HResult == LibC.NoEntry)
        {
            return null;
        }

        using (file)
        {
            var content = new MemoryStream();
            Span<byte> buffer = stackalloc byte[4096];
            while (true)
            {
                fixed (byte* bytes = buffer)
                {
                    var count = (int)LibC.Read(file.Number, bytes, (nuint)buffer.Length);
                    if (count < 0 && Marshal.GetLastPInvokeError() != LibC.Interrupted)
                        throw LibC.Failure($"cannot read {path}");
                    if (count == 0)
                        return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
                    content.Write(buffer[..Math.Max(count, 0)]);
                }
            }
        }
    }
}
