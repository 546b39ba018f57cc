using System.Runtime.InteropServices;

namespace VmSupervisor.Linux;

/// <summary>Named pipes.</summary>
internal static partial class Fifo
{
    private const uint OwnerOnly = 0x180;

    /// <summary>Makes one that only its owner may use (mode 0600).</summary>
    /// <exception cref="IOException">It could not be made, as when the name is taken.</exception>
    public static void Create(string path)
    {
        if (Make(path, OwnerOnly) != 0)
            throw LibC.Failure($"cannot make {path}");
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Make(string path, uint mode);
}
