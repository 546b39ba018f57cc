using System.Globalization;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Vms.Effects;

/// <summary>The disks that go along with a guest; nothing when none do.</summary>
internal sealed class SendingDisks(World world, ProcessKey key, MigrationSession session, MigrationPlan plan, Life life)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ValueList<string> _disks = plan.Storage == MigrationStorage.Move
        ? Moving.Of(life.Definition).Select(d => NameOf(d.Place)).ToValueList()
        : [];

    private MirrorRequest? _request;

    /// <summary>A disk by its place, as the plan names it.</summary>
    public static string NameOf(int place) => string.Create(CultureInfo.InvariantCulture, $"disk{place}");

    /// <summary>Copies all, up to where only what the guest writes follows; returns why it could not, or null.</summary>
    public async Task<string?> CopyAsync(string address, MigrationTls? tls, Action<OperationProgress> progress, CancellationToken token)
    {
        _request = RequestTo(address == Reception.Tunnel ? new MigrationAddress.Unix(new RunFiles(key.RunDirectory).Mirrors) : Reception.Parse(address)) with { Tls = tls };
        if (await world.Mirrors.BeginAsync(key, _request, token) is MonitorResult.Failed failed)
            return $"its disks cannot be copied: {failed.Reason}";
        for (var silences = 0; ;)
        {
            switch (await world.Mirrors.FollowAsync(key, _request, null, p => progress(new(p.Done, p.Total)), token))
            {
                case MirrorStage.Ready:
                    return null;
                case MirrorStage.Failed lost:
                    return $"its disks could not be copied: {lost.Reason}";
                case MirrorStage.Completed:
                    return "its disks ceased to be copied before the guest was sent";
                // A mirror to a frozen target hangs the whole monitor; what frees it needs one that has not been asked too much.
                case MirrorStage.Unreachable unreachable when ++silences >= 2:
                    return $"its disks could not be copied: {unreachable.Reason}";
                default:
                    await Task.Delay(Pause, world.Time, token);
                    break;
            }
        }
    }

    /// <summary>The guest stands still: the target gets the rest; returns why it did not, or null.</summary>
    public async Task<string?> CompleteAsync(CancellationToken token) => _request is null
        ? null
        : await world.Mirrors.CompleteAsync(key, _request, token) switch
        {
            MirrorStage.Completed => null,
            MirrorStage.Failed failed => $"its disks could not be copied to the end: {failed.Reason}",
            MirrorStage.Unreachable unreachable => $"whether its disks were copied to the end is not known: {unreachable.Reason}",
            var other => $"its disks are not copied to the end: {other.GetType().Name}",
        };

    /// <summary>Until nothing is left of it.</summary>
    public async Task CancelAsync(CancellationToken token)
    {
        if (_disks.Count == 0)
            return;
        var request = _request ?? RequestTo(new MigrationAddress.Unix(new RunFiles(key.RunDirectory).Mirrors));
        while (await world.Mirrors.CancelAsync(key, request, token) is MonitorResult.Failed)
            await Task.Delay(Pause, world.Time, token);
    }

    private MirrorRequest RequestTo(MigrationAddress to) => new(Reception.NameOf(session), _disks, to) { BytesPerSecond = plan.BytesPerSecond };
}
