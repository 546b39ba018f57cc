using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace VmSupervisor.Linux;

/// <summary>A loop device that has a file behind it.</summary>
/// <param name="Path">The device.</param>
/// <param name="Label">
/// What whoever attached it wrote into it (the kernel's <c>lo_file_name</c>, which it does not use itself), at most
/// <see cref="LongestLabel"/> bytes.
/// </param>
/// <param name="FileDevice">The file system of the file behind it.</param>
/// <param name="FileNode">The number of that file's inode.</param>
internal sealed record LoopDevice(string Path, string Label, ulong FileDevice, ulong FileNode)
{
    /// <summary><c>lo_file_name</c> has 64 bytes, the last one is NUL.</summary>
    public const int LongestLabel = 63;

    private const string Control = "/dev/loop-control";
    private const nuint Detaching = 0x4C01, GetStatus = 0x4C05, ConfigureDevice = 0x4C0A, GetFree = 0x4C82;
    private const int StatusSize = 232, ConfigurationSize = 304, LabelAt = 56, LabelSize = 64, FlagsAt = 52, DeviceAt = 0, NodeAt = 8;
    private const uint ReadOnlyFlag = 1;

    // Others take the device between our finding it free and attaching: once per device at worst.
    private const int MostAttempts = 1000;

    /// <summary>Attaches a file to a free loop device, in one step: there is no moment in which it has no label.</summary>
    /// <exception cref="IOException">It could not be attached; nothing is left. <c>HResult</c> is the error number.</exception>
    public static string Attach(string file, bool readOnly, string label) => ForkGate.WithoutForks(() => AttachAlone(file, readOnly, label));

    private static unsafe string AttachAlone(string file, bool readOnly, string label)
    {
        using var backing = FileDescriptor.Open(file, readOnly ? LibC.OpenReadOnly : LibC.OpenReadWrite);
        using var control = FileDescriptor.Open(Control, LibC.OpenReadWrite);
        for (var attempt = 1; ; attempt++)
        {
            var number = LibC.IoControl(control.Number, GetFree, 0);
            if (number < 0)
                throw LibC.Failure("there is no free loop device");
            var path = string.Create(CultureInfo.InvariantCulture, $"/dev/loop{number}");
            using var device = FileDescriptor.Open(path, readOnly ? LibC.OpenReadOnly : LibC.OpenReadWrite);

            // struct loop_config: the file's descriptor, the block size (0 for the usual), then struct loop_info64.
            var configuration = new byte[ConfigurationSize];
            BinaryPrimitives.WriteInt32LittleEndian(configuration, backing.Number);
            BinaryPrimitives.WriteUInt32LittleEndian(configuration.AsSpan(8 + FlagsAt), readOnly ? ReadOnlyFlag : 0);
            Encoding.UTF8.GetBytes(label, configuration.AsSpan(8 + LabelAt, LongestLabel));
            fixed (byte* argument = configuration)
            {
                if (LibC.IoControl(device.Number, ConfigureDevice, (nint)argument) == 0)
                    return path;
            }

            if (Marshal.GetLastPInvokeError() != LibC.Busy || attempt == MostAttempts)
                throw LibC.Failure($"cannot attach {file} to {path}");
        }
    }

    /// <summary>Those that have a file behind them.</summary>
    public static IEnumerable<LoopDevice> All()
    {
        foreach (var directory in Directory.GetDirectories("/sys/block", "loop*"))
        {
            // A look at the device itself is dear when there are hundreds; this directory is there when it is attached.
            if (Directory.Exists(System.IO.Path.Combine(directory, "loop")) && Look($"/dev/{System.IO.Path.GetFileName(directory)}") is { } device)
                yield return device;
        }
    }

    /// <summary>The device as it is; null when it has no file behind it or is gone.</summary>
    /// <exception cref="IOException">It could not be told.</exception>
    public static unsafe LoopDevice? Look(string path)
    {
        FileDescriptor device;
        try
        {
            device = FileDescriptor.Open(path, LibC.OpenReadOnly);
        }
        catch (IOException e) when (e.HResult is LibC.NoEntry or LibC.NoDeviceOrAddress)
        {
            return null;
        }

        using (device)
        {
            var status = new byte[StatusSize];
            fixed (byte* argument = status)
            {
                if (LibC.IoControl(device.Number, GetStatus, (nint)argument) != 0)
                    return Marshal.GetLastPInvokeError() == LibC.NoDeviceOrAddress ? null : throw LibC.Failure($"cannot look at {path}");
            }

            return new(
                path,
                Encoding.UTF8.GetString(status, LabelAt, LabelSize).TrimEnd('\0'),
                BinaryPrimitives.ReadUInt64LittleEndian(status.AsSpan(DeviceAt)),
                BinaryPrimitives.ReadUInt64LittleEndian(status.AsSpan(NodeAt)));
        }
    }

    /// <summary>
    /// Detaches its file. As long as somebody else has the device open the kernel only notes it, for the last close: then
    /// this returns false.
    /// </summary>
    /// <exception cref="IOException">It could not be detached.</exception>
    public bool Detach() => ForkGate.WithoutForks(DetachAlone);

    private bool DetachAlone()
    {
        using (var device = FileDescriptor.Open(Path, LibC.OpenReadOnly))
        {
            if (LibC.IoControl(device.Number, Detaching, 0) != 0 && Marshal.GetLastPInvokeError() != LibC.NoDeviceOrAddress)
                throw LibC.Failure($"cannot detach {Path}");
        }

        return Look(Path)?.Label != Label;
    }
}
