using System.Runtime.InteropServices;
using System.Text;

namespace VmSupervisor.Linux;

/// <summary>Names of users and groups, through the name service switch: files, LDAP, systemd and all.</summary>
internal static unsafe partial class Accounts
{
    // The first two fields of struct passwd and struct group are pointers, then come the ids.
    private static readonly int IdOffset = 2 * sizeof(nint);

    private delegate int Lookup(byte* entry, byte* buffer, nuint size, out nint found);

    /// <summary>A user's name; null when there is none.</summary>
    public static string? UserName(uint id) =>
        Find((byte* entry, byte* buffer, nuint size, out nint found) => UserById(id, entry, buffer, size, out found), Name);

    /// <summary>A user's number; null when there is none.</summary>
    public static uint? UserId(string name) =>
        Find((byte* entry, byte* buffer, nuint size, out nint found) => UserByName(name, entry, buffer, size, out found), Id);

    /// <summary>A group's name; null when there is none.</summary>
    public static string? GroupName(uint id) =>
        Find((byte* entry, byte* buffer, nuint size, out nint found) => GroupById(id, entry, buffer, size, out found), Name);

    /// <summary>A group's number; null when there is none.</summary>
    public static uint? GroupId(string name) =>
        Find((byte* entry, byte* buffer, nuint size, out nint found) => GroupByName(name, entry, buffer, size, out found), Id);

    /// <summary>The user that this process acts as.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint CurrentUser();

    private static T? Find<T>(Lookup lookup, Func<nint, T?> read)
    {
        const int tooSmall = 34, largest = 1 << 20;
        var entry = stackalloc byte[128];
        for (var size = 1024; ; size *= 4)
        {
            var buffer = (byte*)NativeMemory.Alloc((nuint)size);
            try
            {
                var errno = lookup(entry, buffer, (nuint)size, out var found);
                if (errno == 0 && found != 0)
                    return read(found);
                if (errno != tooSmall || size >= largest)
                    return default;
            }
            finally
            {
                NativeMemory.Free(buffer);
            }
        }
    }

    private static string? Name(nint entry)
    {
        var text = *(byte**)entry;
        return text is null ? null : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
    }

    private static uint? Id(nint entry) => *(uint*)((byte*)entry + IdOffset);

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int UserById(uint id, byte* entry, byte* buffer, nuint size, out nint found);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UserByName(string name, byte* entry, byte* buffer, nuint size, out nint found);

    [LibraryImport("libc", EntryPoint = "getgrgid_r")]
    private static partial int GroupById(uint id, byte* entry, byte* buffer, nuint size, out nint found);

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GroupByName(string name, byte* entry, byte* buffer, nuint size, out nint found);
}
