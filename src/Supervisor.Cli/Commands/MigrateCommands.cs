using System.CommandLine;
using System.CommandLine.Parsing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;

namespace VmSupervisor.Cli.Commands;

/// <summary>The commands that move a VM to another node.</summary>
internal static class MigrateCommands
{
    public static Command CreateMigrate(Runner runner)
    {
        var node = new Argument<string>("NODE") { Description = "Where to: one of 'vmsup node list'" };
        var transport = new Option<MigrationTransport>("--transport")
        {
            Description = "direct: from QEMU to QEMU over TCP; tunnel: through the daemons' own connection, which must last as long; auto: direct where the target has an address for that",
        };
        var bandwidth = Arguments.Size("--bandwidth", "No faster than so much a second");
        var downtime = Arguments.Time("--downtime", "How long the guest may stand still at the end; 300ms unless told");
        var deadline = Arguments.Time("--deadline", "How long it may take; 0s: for ever; the daemon's setting (1h) unless told");
        var onDeadline = new Option<LateMigration>("--on-deadline")
        {
            Description = "What happens then. abort: it is given up, the guest goes on here; stop-and-copy: the guest may stand still for as long as the rest takes",
        };
        var converge = new Option<bool>("--auto-converge") { Description = "Slow the guest down if it changes its memory faster than that can be sent" };
        var channels = new Option<int?>("--channels") { Description = "Connections for its memory beside the first one, 1 to 16", HelpName = "N" };
        var withStorage = new Option<bool>("--with-storage") { Description = "Copy its disks to the target while it runs; the images here go when it runs there" };
        var shared = new Option<bool>("--shared") { Description = "Both nodes have its disks: you know it, and it need not be found out" };
        var disk = new Option<DiskMove[]>("--disk")
        {
            Description = "Where a disk is put that goes along, if not under the path that it has here",
            HelpName = "SRC=DST",
            CustomParser = ParseDisks,
        };
        var keepSource = new Option<bool>("--keep-source") { Description = "Keep the images here though the disks went along" };
        var command = LifeCommands.Create(
            runner, "migrate",
            "Send a running guest to another node, which takes the VM over. It stands still for a moment only, and runs on one of the two whatever breaks.",
            "vmsup migrate web-1 b --bandwidth 100MiB",
            parsed => new VmCommand.Migrate(
                parsed.GetRequiredValue(node), parsed.GetValue(transport), parsed.GetValue(bandwidth), parsed.GetValue(downtime), parsed.GetValue(deadline),
                parsed.GetValue(onDeadline), parsed.GetValue(converge), parsed.GetValue(channels),
                parsed.GetValue(withStorage) ? MigrationStorage.Move : parsed.GetValue(shared) ? MigrationStorage.Shared : MigrationStorage.Detect,
                (parsed.GetValue(disk) ?? []).ToValueList(), parsed.GetValue(keepSource)),
            node, withStorage, disk, keepSource, shared, transport, bandwidth, downtime, deadline, onDeadline, converge, channels);
        command.Validators.Add(result =>
        {
            if (result.GetValue(withStorage) && result.GetValue(shared))
                result.AddError("found --with-storage and --shared, allowed: one of them");
            if (!result.GetValue(withStorage) && (result.GetValue(keepSource) || result.GetValue(disk) is [_, ..]))
                result.AddError("found --disk or --keep-source, allowed: together with --with-storage");
        });
        return command;
    }

    private static DiskMove[]? ParseDisks(ArgumentResult result)
    {
        var moves = new List<DiskMove>();
        foreach (var text in result.Tokens.Select(t => t.Value))
        {
            if (text.IndexOf('=') is > 0 and var equals && equals < text.Length - 1)
                moves.Add(new(Path.GetFullPath(text[..equals]), Path.GetFullPath(text[(equals + 1)..])));
            else
                result.AddError($"--disk: found '{text}', allowed: SRC=DST, two paths");
        }

        return [.. moves];
    }

    public static Command CreateResolve(Runner runner)
    {
        var target = new Option<bool>("--lost-target") { Description = "The node that it was sent to is gone for good: the guest stays here" };
        var source = new Option<bool>("--lost-source") { Description = "The node that it came from is gone for good: the guest runs here" };
        var fenced = new Option<bool>("--fenced") { Description = "You warrant that the lost node runs nothing of it and never will: it is switched off, or cut off from the disks" };
        var command = LifeCommands.Create(
            runner, "migrate-resolve",
            "Decide a migration whose other node is gone for good. If you are wrong, two copies run. Refused while that node answers.",
            "vmsup migrate-resolve web-1 --lost-target --fenced",
            parsed => new VmCommand.MigrateResolve(parsed.GetValue(target) ? LostNode.Target : LostNode.Source, parsed.GetValue(fenced)),
            target, source, fenced);
        command.Validators.Add(result =>
        {
            if (result.GetValue(target) == result.GetValue(source))
                result.AddError("found neither or both of --lost-target and --lost-source, allowed: one of them");
        });
        return command;
    }
}
