using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Launch;

/// <summary>Finds out what lives of an incarnation that a former supervisor launched.</summary>
/// <remarks>
/// The lock first: got it, nobody lives. Held: the recorded process, or whoever holds it and names the run directory.
/// A holder that does not name it may be a fork that has not become QEMU yet, so it is given a moment; then it is
/// ambiguous.
/// </remarks>
internal sealed class LifeProbe(HypervisorOptions options, ProcessFinder finder, LastBoot boot, ExitWatcher exits, Readiness readiness, TimeProvider time)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(2);
    private const int Moments = 20;

    public async Task<ProbeResult> ProbeAsync(IncarnationHandle life, ProcessIdentity? identity, CancellationToken cancellationToken)
    {
        try
        {
            if (identity is not null && identity.BootId != finder.BootId)
                return new ProbeResult.Gone(HostRebooted: true);
            var last = "";
            for (var i = 0; i < Moments; i++)
            {
                if (await IncarnationLock.IsFreeAsync(life.Files.Lock, i == 0 ? TimeSpan.Zero : Moment, readiness, time, cancellationToken))
                    return await WithoutLockAsync(life, identity, cancellationToken);
                switch (Recognise(life, identity))
                {
                    case ProbeResult.Alive(var found, _):
                        return new ProbeResult.Alive(found, await AskAsync(life, cancellationToken));
                    case ProbeResult.Ambiguous(var reason):
                        last = reason;
                        break;
                }
            }

            return new ProbeResult.Ambiguous(last);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ProbeResult.Ambiguous(e.Message);
        }
    }

    private async Task<ProbeResult> WithoutLockAsync(IncarnationHandle life, ProcessIdentity? identity, CancellationToken cancellationToken)
    {
        if (identity is null)
            return new ProbeResult.Gone(boot.IsOver);
        if (finder.Find(life, identity) is not IdentityVerdict.Ours(var process, var dying))
            return new ProbeResult.Gone(HostRebooted: false);
        using (process)
        {
            if (!dying && !process.HasExited)
                return new ProbeResult.Ambiguous($"process {identity.Pid} is this VM's QEMU, and {life.Files.Lock} is not held: was it replaced?");

            // Its files, the lock among them, are closed a moment before it is a zombie; not gone until then.
            try
            {
                await exits.WaitAsync(process, cancellationToken).WaitAsync(ExitPatience, time, cancellationToken);
                return new ProbeResult.Gone(HostRebooted: false);
            }
            catch (TimeoutException)
            {
                return new ProbeResult.Ambiguous($"process {identity.Pid} is dying and does not come to an end");
            }
        }
    }

    private ProbeResult Recognise(IncarnationHandle life, ProcessIdentity? identity)
    {
        if (identity is not null)
        {
            switch (finder.Find(life, identity))
            {
                case IdentityVerdict.Ours(var process, var dying):
                    using (process)
                    {
                        return dying || process.HasExited
                            ? new ProbeResult.Ambiguous($"process {identity.Pid} is ending and still holds {life.Files.Lock}")
                            : new ProbeResult.Alive(identity, null);
                    }

                case IdentityVerdict.Ambiguous(var reason):
                    return new ProbeResult.Ambiguous(reason);
            }
        }

        var holders = finder.FindHolders(life);
        try
        {
            return (holders.Where(h => h.IsOurs).ToArray(), holders) switch
            {
                ([var one], _) when identity is null => new ProbeResult.Alive(one.Identity, null),
                ([var one, ..], _) => new ProbeResult.Ambiguous(identity is null
                    ? $"several processes name {life.Key.RunDirectory} and hold its lock"
                    : $"process {one.Identity.Pid} is this VM's QEMU, but the recorded one was {identity.Pid}, which is gone"),
                (_, [var other, ..]) => new ProbeResult.Ambiguous(other.Describe(life.Files.Lock)),
                _ => new ProbeResult.Ambiguous($"{life.Files.Lock} is held, and by whom cannot be seen"),
            };
        }
        finally
        {
            foreach (var holder in holders)
                holder.Dispose();
        }
    }

    private async Task<GuestState?> AskAsync(IncarnationHandle life, CancellationToken cancellationToken) =>
        await life.Monitor.ExecuteAsync(QmpCommands.QueryStatus, options.LookDeadline, cancellationToken) is QmpResult<QmpStatus>.Returned(var status, _)
            ? status.Guest
            : null;
}
