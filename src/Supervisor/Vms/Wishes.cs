using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.Vms;

/// <summary>Commands as they arrive, in the domain's terms.</summary>
internal static class Wishes
{
    /// <param name="command">What is asked.</param>
    /// <param name="node">This node.</param>
    /// <param name="deadline">How long a migration may take when the command does not say.</param>
    public static Wish Of(VmCommand command, string node, TimeSpan? deadline) => command switch
    {
        VmCommand.Define define => new Wish.Define(define.Definition),
        VmCommand.Undefine undefine => new Wish.Undefine(undefine.Force),
        VmCommand.Start start => new Wish.Start(start.Paused, Fresh: start.DiscardSaved),
        VmCommand.Stop stop => new Wish.Stop(stop.KeepActive),
        VmCommand.Shutdown shutdown => new Wish.Shutdown(shutdown.Timeout, shutdown.ForceAfter, shutdown.KeepActive),
        VmCommand.Reboot reboot => new Wish.Reboot(reboot.Timeout, reboot.ForceAfter),
        VmCommand.Backup backup => new Wish.Backup(ModeOf(backup.Mode), backup.Directory, backup.Format, backup.BytesPerSecond),
        VmCommand.SuspendToDisk => new Wish.Hibernate(),
        VmCommand.Migrate migrate => new Wish.Migrate(PlanOf(migrate, node, deadline)),
        VmCommand.MigrateResolve resolve => resolve.Lost == LostNode.Target ? new Wish.LoseTarget() : new Wish.LoseSource(),
        VmCommand.Cancel cancel => new Wish.Cancel(cancel.Operation),
        VmCommand.Reset => new Wish.Guest(GuestRequest.Reset),
        VmCommand.Pause => new Wish.Guest(GuestRequest.Pause),
        VmCommand.Resume => new Wish.Guest(GuestRequest.Resume),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is not a command"),
    };

    private static MigrationPlan PlanOf(VmCommand.Migrate migrate, string node, TimeSpan? deadline) => new(
        node, migrate.Target, migrate.BytesPerSecond, migrate.Downtime, migrate.Deadline is { } told ? told == TimeSpan.Zero ? null : told : deadline,
        migrate.OnDeadline switch
        {
            Contracts.Commands.LateMigration.Abort => Domain.LateMigration.Abort,
            Contracts.Commands.LateMigration.StopAndCopy => Domain.LateMigration.StopAndCopy,
            var other => throw new ArgumentOutOfRangeException(nameof(migrate), other, "not a choice"),
        },
        migrate.AutoConverge, migrate.Channels ?? 0)
    {
        Transport = migrate.Transport switch
        {
            Contracts.Commands.MigrationTransport.Auto => Domain.MigrationTransport.Auto,
            Contracts.Commands.MigrationTransport.Direct => Domain.MigrationTransport.Direct,
            Contracts.Commands.MigrationTransport.Tunnel => Domain.MigrationTransport.Tunnel,
            var other => throw new ArgumentOutOfRangeException(nameof(migrate), other, "not a transport"),
        },
        Storage = migrate.Storage switch
        {
            Contracts.Commands.MigrationStorage.Detect => Domain.MigrationStorage.Detect,
            Contracts.Commands.MigrationStorage.Shared => Domain.MigrationStorage.Shared,
            Contracts.Commands.MigrationStorage.Move => Domain.MigrationStorage.Move,
            var other => throw new ArgumentOutOfRangeException(nameof(migrate), other, "not a choice"),
        },
        KeepsSource = migrate.KeepSource,
        Disks = (migrate.Disks ?? []).Select(d => new Domain.DiskMove(d.Source, d.Target)).ToValueList(),
    };

    private static Domain.BackupMode ModeOf(Contracts.Commands.BackupMode mode) => mode switch
    {
        Contracts.Commands.BackupMode.Snapshot => Domain.BackupMode.Snapshot,
        Contracts.Commands.BackupMode.Suspend => Domain.BackupMode.Suspend,
        Contracts.Commands.BackupMode.Stop => Domain.BackupMode.Stop,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "not a mode"),
    };

    /// <summary>What exactly was asked of whom: equal for equal commands to the same VM.</summary>
    public static string Fingerprint(VmId vm, VmCommand command)
    {
        var content = JsonSerializer.Serialize(command, command.GetType(), JournalJson.Options);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{vm} {command.Kind} {content}")));
        return Convert.ToHexStringLower(hash.AsSpan(0, 16));
    }
}
