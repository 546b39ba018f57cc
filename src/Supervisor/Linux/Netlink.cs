using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace VmSupervisor.Linux;

/// <summary>One request to the kernel's routing tables, <c>NETLINK_ROUTE</c>, and its answer.</summary>
/// <remarks>All numbers are in the host's byte order, which is little-endian on both machines that we run on.</remarks>
internal sealed class Netlink
{
    public const ushort NewLink = 16, DeleteLink = 17, GetLink = 18, SetLink = 19;
    private const int Family = 16, RawCloseOnExec = 3 | 0x80000, HeaderSize = 16;
    private const ushort IsRequest = 1, WantsAck = 4, IsError = 2;
    private readonly MemoryStream message = new();

    /// <param name="type">What is asked for.</param>
    /// <param name="family">0, or that of the bridge.</param>
    /// <param name="index">Which interface; 0 when it is given by its name.</param>
    /// <param name="flags">The flags to set; only those in <paramref name="change"/>.</param>
    /// <param name="change">The flags to change.</param>
    public Netlink(ushort type, byte family = 0, int index = 0, uint flags = 0, uint change = 0)
    {
        Span<byte> start = stackalloc byte[HeaderSize + 16];
        start.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(start[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(start[6..], IsRequest | WantsAck);
        BinaryPrimitives.WriteUInt32LittleEndian(start[8..], 1);
        start[HeaderSize] = family;
        BinaryPrimitives.WriteInt32LittleEndian(start[(HeaderSize + 4)..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(start[(HeaderSize + 8)..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(start[(HeaderSize + 12)..], change);
        message.Write(start);
    }

    public Netlink Add(ushort attribute, ReadOnlySpan<byte> value)
    {
        Span<byte> header = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(header.Length + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], attribute);
        message.Write(header);
        message.Write(value);
        while (message.Length % 4 != 0)
            message.WriteByte(0);
        return this;
    }

    public Netlink Add(ushort attribute, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Add(attribute, bytes);
    }

    public Netlink Add(ushort attribute, string value) => Add(attribute, Encoding.UTF8.GetBytes(value + '\0'));

    /// <summary>The message, its length filled in.</summary>
    public byte[] ToArray()
    {
        var bytes = message.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        return bytes;
    }

    /// <summary>Sends it; the attributes of the answer, which are none when it was only done.</summary>
    /// <exception cref="IOException">The kernel refused; <c>HResult</c> is the error number.</exception>
    public unsafe Dictionary<ushort, byte[]> Send(string what)
    {
        using var socket = new Connection();
        var request = ToArray();
        fixed (byte* bytes = request)
        {
            if (LibC.Write(socket.Number, bytes, (nuint)request.Length) < 0)
                throw LibC.Failure(what);
        }

        var answer = new Dictionary<ushort, byte[]>();
        var buffer = new byte[32 * 1024];
        while (true)
        {
            int count;
            fixed (byte* bytes = buffer)
                count = (int)LibC.Read(socket.Number, bytes, (nuint)buffer.Length);
            if (count < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted)
                continue;
            if (count < 0)
                throw LibC.Failure(what);
            for (var rest = buffer.AsSpan(0, count); rest.Length >= HeaderSize;)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
                var body = rest[HeaderSize..length];
                if (BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]) == IsError)
                {
                    var errno = -BinaryPrimitives.ReadInt32LittleEndian(body);
                    return errno == 0 ? answer : throw new IOException($"{what}: {LibC.Describe(errno)}", errno);
                }

                answer = Attributes(body[16..]);
                answer[Interface.Index] = body[4..8].ToArray();
                rest = rest[Math.Min(Align(length), rest.Length)..];
            }
        }
    }

    /// <summary>The attributes in a row, by their numbers.</summary>
    public static Dictionary<ushort, byte[]> Attributes(ReadOnlySpan<byte> bytes)
    {
        var attributes = new Dictionary<ushort, byte[]>();
        while (bytes.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            const ushort kindOnly = 0x3fff;
            attributes[(ushort)(BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]) & kindOnly)] = bytes[4..length].ToArray();
            bytes = bytes[Math.Min(Align(length), bytes.Length)..];
        }

        return attributes;
    }

    private static int Align(int length) => (length + 3) & ~3;

    /// <summary>Numbers of attributes; the first is no attribute of the kernel's, whose numbers begin with 1.</summary>
    public static class Interface
    {
        public const ushort Index = 0, Address = 1, Name = 3, Mtu = 4, Master = 10, Information = 18, Alias = 20, FamilySpecific = 26;
    }

    private sealed class Connection() : FileDescriptor(Open())
    {
        private static int Open() => LibC.Socket(Family, RawCloseOnExec, 0) is >= 0 and var fd ? fd : throw LibC.Failure("cannot ask the kernel for its interfaces");
    }
}
