using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Vms.Effects;

/// <summary>Does what the target of a migration wants.</summary>
internal sealed class ReceivingEffects(VmId vm, World world)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<Observation> ListenAsync(ProcessKey key, Effect.Listen listen, Life life, CancellationToken token)
    {
        var place = world.Peers.PlaceFor(listen.Session, listen.Plan.Transport);
        if (place is null && listen.Plan.Transport == MigrationTransport.Direct)
            return new Observation.ReceiveFailed(listen.Incarnation, $"node {listen.Session.Target} has no address for guests that come directly (vmsup.migration.address)");
        var tls = place is not null && world.Peers.TlsDirectory is { } directory ? new MigrationTls(directory, null) : null;
        ListenPlace at = place is null ? new ListenPlace.RunDirectory() : new ListenPlace.Ports(place.Host, place.FirstPort, place.LastPort);
        MigrationAddress? disksAt = null;
        if (ImagesOf(life) is [_, ..] images)
        {
            switch (await world.Mirrors.ExportAsync(key, new ExportRequest(Reception.NameOf(listen.Session), images, at) { Tls = tls }, token))
            {
                case ExportResult.Exported exported:
                    disksAt = exported.At;
                    break;
                case ExportResult.Failed failed:
                    return new Observation.ReceiveFailed(listen.Incarnation, $"its disks cannot be received: {failed.Reason}");
            }
        }

        return await world.Migrations.ListenAsync(key, new ListenRequest(at, Reception.OptionsOf(listen.Plan, tls)), token) switch
        {
            ListenResult.Listening listening => new Observation.Listening(listen.Incarnation, Reception.TextOf(listening.At, disksAt, tls is not null)),
            ListenResult.Failed failed => new Observation.ReceiveFailed(listen.Incarnation, failed.Reason),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not a listener's result"),
        };
    }

    public async Task<Observation> ReceiveAsync(ProcessKey key, Life life, CancellationToken token)
    {
        var n = life.Number;
        while (true)
        {
            switch (await world.Migrations.FollowIncomingAsync(key, null, token))
            {
                case IncomingStage.Completed:
                    // With an export open it could not write to its disks, and would not say so.
                    while (ImagesOf(life) is [_, ..] && await world.Mirrors.StopExportsAsync(key, token) is MonitorResult.Failed)
                        await Task.Delay(Pause, world.Time, token);
                    return new Observation.Received(n);
                case IncomingStage.Failed failed:
                    return new Observation.ReceiveFailed(n, failed.Reason);
                case IncomingStage.Unreachable:
                    // Whoever drives the session has the deadline, and its silence another one.
                    await Task.Delay(Pause, world.Time, token);
                    break;
                case var other:
                    return new Observation.ReceiveFailed(n, $"QEMU is in {other.GetType().Name}, which was not asked for");
            }
        }
    }

    /// <summary>
    /// Lets a committed guest run. Only a refusal says that it has not: where no answer comes it may have run, and must not go
    /// back to where it was before. Then it is told again, which is nothing to a guest that runs; or its process's end is seen.
    /// </summary>
    public async Task<MonitorResult> ContinueAsync(ProcessKey key, Incarnation n, Action<Observation> report, CancellationToken token)
    {
        while (true)
        {
            if (await world.Hypervisor.ContinueAsync(key, token) is var told and not MonitorResult.Failed { Unreachable: true })
                return told;
            report(new Observation.Trouble(n, "it was committed, and its QEMU does not say whether it runs: it is asked again and again; 'vmsup stop' ends it"));
            await Task.Delay(Pause, world.Time, token);
        }
    }

    /// <summary>As long as it is not this node's, whoever drives it must be there; and what comes of it through the nodes' connection is let in.</summary>
    public async Task<Observation> WatchPeerAsync(ProcessKey key, Effect.WatchPeer watch, CancellationToken token)
    {
        var files = new RunFiles(key.RunDirectory);
        using var memory = world.Peers.AdmitTunnel(watch.Session, Reception.Memory, files.Migration);
        using var disks = world.Peers.AdmitTunnel(watch.Session, Reception.Disks, files.Mirrors);
        return new Observation.PeerLost(watch.Incarnation, await world.Peers.SilenceAsync(watch.Session, token));
    }

    /// <summary>For as long as it takes: nobody else knows whether a person has decided otherwise there.</summary>
    public async Task<Observation> AskSourceAsync(Effect.AskSource ask, CancellationToken token)
    {
        while (true)
        {
            if ((await world.Peers.AskSourceAsync(vm, ask.Session, token)).Waits is { } waits)
                return new Observation.SourceAnswered(ask.Incarnation, waits);
            await Task.Delay(Pause, world.Time, token);
        }
    }

    /// <summary>The disks that come along, as the plan names them.</summary>
    private static ValueList<string> ImagesOf(Life life) =>
        life.Plan.OfType<Step.SessionImage>().Select(image => image.Name.Replace("image", "disk", StringComparison.Ordinal)).ToValueList();
}
