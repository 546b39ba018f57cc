using System.CommandLine;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Cli.Commands;

/// <summary>The commands that change a VM's life.</summary>
internal static class LifeCommands
{
    public static IEnumerable<Command> Create(Runner runner)
    {
        yield return CreateStart(runner);
        yield return CreateShutdown(runner);
        yield return CreateStop(runner);
        yield return CreateReboot(runner);
        yield return CreateSimple(runner, new VmCommand.Reset(), "Press the guest's reset button: it boots anew in its process.",
            "vmsup reset web-1");
        yield return CreateSimple(runner, new VmCommand.Pause(), "Stop the guest's CPUs; it keeps its memory.", "vmsup pause web-1");
        yield return CreateSimple(runner, new VmCommand.Resume(), "Let a paused guest's CPUs run.", "vmsup resume web-1");
        yield return CreateBackup(runner);
        yield return CreateSimple(
            runner, new VmCommand.SuspendToDisk(),
            "Write the guest's memory to a file and end its process; the next start goes on from there (see start --discard-saved).",
            "vmsup suspend-to-disk web-1");
        yield return MigrateCommands.CreateMigrate(runner);
        yield return MigrateCommands.CreateResolve(runner);
        yield return CreateUndefine(runner);
    }

    private static Command CreateStart(Runner runner)
    {
        var paused = new Option<bool>("--paused") { Description = "Leave the guest's CPUs stopped until resume" };
        var discard = new Option<bool>("--discard-saved") { Description = "Boot, though the guest was suspended to disk; its memory is thrown away" };
        return Create(
            runner, "start", "Start a VM. Nothing is done when it is running.", "vmsup start web-1 --paused",
            parsed => new VmCommand.Start(parsed.GetValue(paused), parsed.GetValue(discard)), paused, discard);
    }

    private static Command CreateStop(Runner runner)
    {
        var keepActive = Arguments.KeepActive();
        return Create(
            runner, "stop", "Stop a VM by force, at once, whatever its guest thinks (see shutdown). Nothing is done when it is not running.",
            "vmsup stop web-1", parsed => new VmCommand.Stop(parsed.GetValue(keepActive)), keepActive);
    }

    private static Command CreateShutdown(Runner runner)
    {
        var timeout = Arguments.Time(
            "--timeout", "How long the guest may take, else it has failed and the VM goes on; shutdown-timeout of its definition unless told");
        var forceAfter = Arguments.Time("--force-after", "Stop it by force when the guest has not powered off by then");
        var keepActive = Arguments.KeepActive();
        return Create(
            runner, "shutdown", "Ask the guest to power itself off, and wait until it has.", "vmsup shutdown web-1 --force-after 30s",
            parsed => new VmCommand.Shutdown(parsed.GetValue(timeout), parsed.GetValue(forceAfter), parsed.GetValue(keepActive)),
            timeout, forceAfter, keepActive);
    }

    private static Command CreateReboot(Runner runner)
    {
        var timeout = Arguments.Time(
            "--timeout", "How long the guest may take to power off, else it has failed and the VM goes on; shutdown-timeout of its definition unless told");
        var forceAfter = Arguments.Time("--force-after", "Stop it by force when the guest has not powered off by then, and start it again");
        return Create(
            runner, "reboot",
            "Ask the guest to power off, and start the VM again in a new process: a changed definition takes effect (see reset).",
            "vmsup reboot web-1 --force-after 30s",
            parsed => new VmCommand.Reboot(parsed.GetValue(timeout), parsed.GetValue(forceAfter)), timeout, forceAfter);
    }

    private static Command CreateBackup(Runner runner)
    {
        var directory = new Argument<string>("DIRECTORY") { Description = "Where to; it must exist, and disk0.qcow2, … must not exist in it" };
        var mode = new Option<BackupMode>("--mode")
        {
            Description = "snapshot: the guest is not disturbed; suspend: its CPUs stop for a moment; stop: it is shut down, and started again while the copy is made",
        };
        var format = new Option<DiskFormat>("--format") { Description = "The format of the copies" };
        var bandwidth = Arguments.Size("--bandwidth", "No faster than so much a second");
        return Create(
            runner, "backup", "Copy every disk that the guest can write to, one file for each, all of one moment.",
            "vmsup backup web-1 /backup/2026-11-25 --bandwidth 50MiB",
            parsed => new VmCommand.Backup(
                Path.GetFullPath(parsed.GetRequiredValue(directory)), parsed.GetValue(mode), parsed.GetValue(format), parsed.GetValue(bandwidth)),
            directory, mode, format, bandwidth);
    }

    private static Command CreateUndefine(Runner runner)
    {
        var force = new Option<bool>("--force") { Description = "Stop it by force first, if it is not cleaned up" };
        return Create(
            runner, "undefine", "Forget a VM that is cleaned up. Its images stay; volumes kept active are released.", "vmsup undefine web-1 --force",
            parsed => new VmCommand.Undefine(parsed.GetValue(force)), force);
    }

    private static Command CreateSimple(Runner runner, VmCommand vmCommand, string description, string example) =>
        Create(runner, vmCommand.Kind, description, example, _ => vmCommand);

    /// <summary>A command that a VM is given, with its own arguments and options beside those of all such commands.</summary>
    public static Command Create(
        Runner runner, string name, string description, string example, Func<ParseResult, VmCommand> read, params Symbol[] more)
    {
        var vm = Arguments.Vm();
        var noWait = Arguments.NoWait();
        var operation = Arguments.Operation();
        var command = new VmsupCommand(name, description, example) { vm };
        foreach (var argument in more.OfType<Argument>())
            command.Add(argument);
        foreach (var option in (Option[])[.. more.OfType<Option>(), noWait, operation])
            command.Add(option);
        runner.SetAction(command, (session, cancellationToken) =>
        {
            var parsed = session.Arguments;
            return Operations.RunAsync(
                session, parsed.GetRequiredValue(vm), read(parsed), parsed.GetValue(operation), !parsed.GetValue(noWait), cancellationToken);
        });
        return command;
    }
}
