using System.Buffers.Binary;
using System.Text;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>
/// What else QEMU opens together with an image. A guest can write such a header into a disk of its own that is defined as raw;
/// defined as qcow2 afterwards, it would have QEMU open any file of the host.
/// </summary>
internal static class ImageHeader
{
    private const uint Magic = 0x514649fb;
    private const int LongestName = 1023, HeaderBytes = 104;
    private const ulong ExternalDataFile = 1 << 2;

    /// <summary>The backing file of a qcow2 image, as it is written there; null for none. Nothing is said of what is no qcow2 image.</summary>
    /// <exception cref="InvalidDataException">It names files in a way that is not allowed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? BackingFileOf(string image)
    {
        using var file = new FileStream(image, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var header = new byte[HeaderBytes];
        var read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read < 72 || BinaryPrimitives.ReadUInt32BigEndian(header) != Magic)
            return null;
        if (BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)) >= 3 && (BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(72)) & ExternalDataFile) != 0)
            throw new InvalidDataException("has its data in another file");
        var (offset, size) = (BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(8)), BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(16)));
        if (offset == 0 || size == 0)
            return null;
        if (size > LongestName || offset > long.MaxValue)
            throw new InvalidDataException("has a header that cannot be read");
        file.Position = (long)offset;
        var name = new byte[size];
        if (file.ReadAtLeast(name, name.Length, throwOnEndOfStream: false) < name.Length)
            throw new InvalidDataException("has a header that cannot be read");
        var text = Encoding.UTF8.GetString(name);

        // json:{…}, nbd:…, file:… and the like: QEMU would not take it for a path.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && !text.AsSpan(0, colon).Contains('/'))
            throw new InvalidDataException("has a backing file that is no path");
        return text;
    }
}
