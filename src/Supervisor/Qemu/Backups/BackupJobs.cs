using VmSupervisor.Domain;
using VmSupervisor.Qemu.Launch;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Backups;

/// <summary>Backups by QEMU's own block jobs.</summary>
internal sealed class BackupJobs(IncarnationHandles lives, HypervisorOptions options, TimeProvider time) : IBackupJobs
{
    /// <inheritdoc/>
    public async Task<BackupStart> StartAsync(ProcessKey key, BackupRequest request, CancellationToken cancellationToken)
    {
        using var session = Session(key, request);
        return await new BackupStarter(session).RunAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<BackupEnd> FollowAsync(ProcessKey key, BackupRequest request, Action<BackupProgress> progress, CancellationToken cancellationToken)
    {
        using var session = Session(key, request);
        return await new BackupFollower(session, progress, time).RunAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<MonitorResult> CancelAsync(ProcessKey key, BackupRequest request, CancellationToken cancellationToken)
    {
        using var session = Session(key, request);

        // A start that was cut off may have left the guest frozen.
        var thaw = request.Freeze ? session.Freeze.ThawAsync() : Task.FromResult<string?>(null);
        try
        {
            await session.UndoAsync(cancellationToken);
            return new MonitorResult.Done();
        }
        catch (MonitorTrouble trouble)
        {
            return trouble.Failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new MonitorResult.Failed(e.Message, Unreachable: false);
        }
        finally
        {
            await thaw;
        }
    }

    /// <inheritdoc/>
    public void RemovePartial(BackupRequest request) => new BackupFiles(request, new(request.Id)).Remove();

    private BackupSession Session(ProcessKey key, BackupRequest request) => new(lives.Of(key), request, options, time);
}
