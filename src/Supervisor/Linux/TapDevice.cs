using System.Runtime.InteropServices;
using System.Text;

namespace VmSupervisor.Linux;

/// <summary>Makes tap devices.</summary>
internal static class TapDevice
{
    /// <summary>Interface names end here: <c>IFNAMSIZ</c> is 16, the last byte is NUL.</summary>
    public const int LongestName = 15;

    private const nuint SetInterface = 0x400454ca, SetPersistent = 0x400454cb, SetOwner = 0x400454cc;
    private const short Tap = 0x0002, NoPacketInformation = 0x1000, VirtioHeader = 0x4000, MultiQueue = 0x0100, Exclusive = unchecked((short)0x8000);

    /// <summary>
    /// Makes a tap device that stays, that the process's own user may open. It fails when there is an interface of this
    /// name: whose it is, and whether its flags fit, is not known.
    /// </summary>
    /// <param name="name">At most <see cref="LongestName"/> bytes.</param>
    /// <param name="multiQueue">Whether QEMU will open it with more than one queue; it must know the same of it.</param>
    /// <exception cref="IOException">It could not be made; nothing is left. <c>HResult</c> is the error number.</exception>
    public static void Create(string name, bool multiQueue) => ForkGate.WithoutForks(() =>
    {
        CreateAlone(name, multiQueue);
        return true;
    });

    private static void CreateAlone(string name, bool multiQueue)
    {
        using var device = Attach(name, Exclusive | (multiQueue ? MultiQueue : 0));

        // Until it is told to stay it goes with this descriptor.
        if (LibC.IoControl(device.Number, SetOwner, (nint)Accounts.CurrentUser()) != 0)
            throw LibC.Failure($"cannot set the owner of the tap device {name}");
        if (LibC.IoControl(device.Number, SetPersistent, 1) != 0)
            throw LibC.Failure($"cannot make the tap device {name} stay");
    }

    /// <summary>Opens a tap device as QEMU does; it makes one that goes with the descriptor when there is none.</summary>
    /// <exception cref="IOException">It could not be opened: somebody has it open already, for one.</exception>
    internal static FileDescriptor Open(string name) => Attach(name, 0);

    private static unsafe FileDescriptor Attach(string name, int more)
    {
        var device = FileDescriptor.Open("/dev/net/tun", LibC.OpenReadWrite);

        // struct ifreq: 16 bytes of name, then the flags; 40 bytes in all.
        Span<byte> request = stackalloc byte[40];
        request.Clear();
        Encoding.UTF8.GetBytes(name, request[..LongestName]);
        MemoryMarshal.Write(request[16..], (short)(Tap | NoPacketInformation | VirtioHeader | more));
        fixed (byte* argument = request)
        {
            if (LibC.IoControl(device.Number, SetInterface, (nint)argument) == 0)
                return device;
        }

        var failure = LibC.Failure($"cannot make the tap device {name}");
        device.Dispose();
        throw failure;
    }
}
