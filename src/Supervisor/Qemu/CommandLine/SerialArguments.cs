namespace VmSupervisor.Qemu.CommandLine;

/// <summary>The serial port.</summary>
/// <remarks>
/// Output goes to a file, input comes from a FIFO. A socket with a log beside it looks better and is not: it goes on
/// without a client, but one that is connected and does not read stops the guest after its buffers are full (measured
/// on 7.2: after 280 bytes to some KiB, for ever). A file takes everything and has any number of readers.
/// </remarks>
internal static class SerialArguments
{
    /// <summary>QEMU's name for it.</summary>
    public const string Id = "serial0";

    public static IEnumerable<string> Of(LaunchPlan plan) =>
    [
        "-chardev", $"pipe,id={Id},path={QemuValue.Escape(plan.Files.Serial)},logfile={QemuValue.Escape(plan.Files.SerialLog)},logappend=on",
        "-serial", $"chardev:{Id}",
    ];
}
