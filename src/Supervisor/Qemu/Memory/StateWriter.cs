using VmSupervisor.Linux;
using VmSupervisor.Qemu.Launch;
using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Memory;

/// <summary>Lets QEMU write its guest's state to a file, as a migration to a descriptor.</summary>
/// <remarks>
/// Checked on 7.2: <c>fd:</c> takes a regular file, which QEMU truncates not and closes when it is done; it needs no shell
/// and no right to open anything. Later versions warn that <c>fd:</c> is for sockets, and take it. When it is
/// <c>completed</c>, or has <c>failed</c> to write its last part (a full disk), the machine is in <c>postmigrate</c>: it
/// can be continued, and QEMU refuses to write it again before that. Cancelled earlier it is as it was, stopped.
/// </remarks>
internal sealed class StateWriter(IncarnationHandle life, string path, HypervisorOptions options, TimeProvider time) : IDisposable
{
    private const string Name = "state";
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(30);
    private readonly MonitorCalls monitor = new(life.Monitor, options.CommandDeadline);
    private readonly EventBell bell = new(life.Monitor, time, "MIGRATION");
    private bool mayWrite;
    private bool owns;

    /// <summary>Where it is written to.</summary>
    public string Path => path;

    /// <summary>
    /// Returns when QEMU has written all of it, and the file is on disk; false when a former supervisor has done all and it
    /// is in its place.
    /// </summary>
    /// <param name="final">Its place.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="cancellationToken">Gives up; <see cref="UndoAsync"/> follows.</param>
    /// <exception cref="MonitorTrouble">QEMU refused or did not answer.</exception>
    /// <exception cref="IOException">It could not be written.</exception>
    public async Task<bool> WriteAsync(string final, Action<SaveProgress> progress, CancellationToken cancellationToken)
    {
        var written = await IsWrittenAsync(cancellationToken);
        if (written && !File.Exists(path) && File.Exists(final))
            return false;
        owns = true;
        if (written)
            return File.Exists(path) ? true : throw new IOException($"QEMU has written the guest's state, and {path} is gone");
        mayWrite = true;
        await monitor.AskAsync(QmpCommands.Stop, cancellationToken);
        File.Delete(final);
        File.Delete(path);
        using var file = FileDescriptor.Open(path, LibC.OpenReadWrite | LibC.OpenCreate | LibC.OpenExclusive);
        await monitor.AskAsync(MigrationCommands.WithEvents, cancellationToken);
        await monitor.AskAsync(MigrationCommands.Unlimited, cancellationToken);
        await BeginAsync(file, cancellationToken);
        var end = await FollowAsync(progress, cancellationToken);
        if (!end.IsCompleted)
            throw new IOException($"QEMU could not write the guest's state to {path}: {end.Error ?? (IsFull() ? "the disk is full" : $"it says '{end.Status}' and not why")}");
        await SlowCall.SyncAsync(file, path);
        return true;
    }

    /// <summary>Ends it and removes the file. What a former supervisor did stays as long as nothing is known of it.</summary>
    public async Task UndoAsync()
    {
        if (mayWrite)
            await CancelAsync();
        try
        {
            if (owns)
                File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left has another name than a state, and no seal: it is never restored.
        }
    }

    /// <summary>Returns when QEMU does not write any more, whoever let it.</summary>
    /// <exception cref="MonitorTrouble">QEMU refused or did not answer.</exception>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        while (!(await monitor.AskAsync(MigrationCommands.Query, cancellationToken)).IsOver)
        {
            await monitor.TryAsync(MigrationCommands.Cancel, cancellationToken);
            await bell.WaitAsync(Turn, cancellationToken);
        }
    }

    public void Dispose() => bell.Dispose();

    /// <summary>Returns when QEMU does not write any more, or cannot be asked.</summary>
    private async Task CancelAsync()
    {
        using var patience = new CancellationTokenSource(CancelPatience, time);
        try
        {
            await EndAsync(patience.Token);

            // Given up between the two commands, QEMU would hold the removed file for as long as we are connected.
            await monitor.TryAsync(MigrationCommands.TakeBack(Name), patience.Token);
        }
        catch (Exception e) when (e is MonitorTrouble or OperationCanceledException)
        {
            // What it still writes goes to a file without a name.
        }
    }

    /// <summary>Whether a former supervisor's save has come to its end; one that was under way is ended.</summary>
    private async Task<bool> IsWrittenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var migration = await monitor.AskAsync(MigrationCommands.Query, cancellationToken);
            if (!migration.IsOver)
            {
                await monitor.TryAsync(MigrationCommands.Cancel, cancellationToken);
                await bell.WaitAsync(Turn, cancellationToken);
                continue;
            }

            // In postmigrate the guest has not run since: what was written is what it is.
            return (await monitor.AskAsync(QmpCommands.QueryStatus, cancellationToken)).Status == "postmigrate"
                && (migration.IsCompleted
                    ? true
                    : throw new IOException("QEMU does not write a guest's state a second time before the guest has run again (resume it first)"));
        }
    }

    /// <summary>On one connection: a descriptor that was passed belongs to it.</summary>
    private async Task BeginAsync(FileDescriptor file, CancellationToken cancellationToken)
    {
        if (await life.Monitor.OpenAsync(options.CommandDeadline, cancellationToken) is not QmpOpened.Ready(var connection))
            throw new MonitorTrouble(new MonitorResult.Failed("the monitor cannot be reached", Unreachable: true), null);
        foreach (var command in new[] { MigrationCommands.Pass(Name, file), MigrationCommands.Save(Name) })
        {
            var result = await connection.ExecuteAsync(command, options.CommandDeadline, cancellationToken);
            if (result.Failure() is { } failure)
                throw new MonitorTrouble(failure, null);
        }
    }

    private async Task<QmpMigration> FollowAsync(Action<SaveProgress> progress, CancellationToken cancellationToken)
    {
        long? toldAt = null;
        var silent = 0;
        while (true)
        {
            try
            {
                var migration = await monitor.AskAsync(MigrationCommands.Query, cancellationToken);
                if (toldAt is null || migration.IsOver || time.GetElapsedTime(toldAt.Value) >= Turn)
                {
                    progress(new(migration.Done, migration.Remaining));
                    toldAt = time.GetTimestamp();
                }

                if (migration.IsOver)
                    return migration;
                silent = 0;
            }
            catch (MonitorTrouble trouble) when (trouble.MayPass && ++silent < 6)
            {
                // At the end the disks are flushed, and the monitor waits with that.
            }

            await bell.WaitAsync(Turn, cancellationToken);
        }
    }

    private bool IsFull()
    {
        try
        {
            return new DriveInfo(System.IO.Path.GetDirectoryName(path)!).AvailableFreeSpace < 1 << 20;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
