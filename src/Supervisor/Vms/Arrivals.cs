using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VmSupervisor.Actors;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Migration;
using VmSupervisor.Resources;
using VmSupervisor.Vms.Effects;

namespace VmSupervisor.Vms;

/// <summary>Brings what other nodes say of migrations to the VMs.</summary>
/// <param name="services">What the VMs share.</param>
/// <param name="directory">The VMs.</param>
/// <param name="checks">What every definition has to pass.</param>
/// <param name="time">The clock.</param>
/// <param name="whyClosed">Why nothing can be begun on this node now; null when it can.</param>
internal sealed class Arrivals(VmServices services, IActorRef directory, CommandChecks checks, TimeProvider time, Func<string?> whyClosed) : IMigrationVms
{
    /// <summary>For what needs one write to the journal at most; whoever asks has a shorter patience and asks again.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    /// <summary>For hooks and a launch; whoever asks asks again.</summary>
    private static readonly TimeSpan PrepareLimit = TimeSpan.FromMinutes(5);

    public async Task<CheckAnswer> CheckAsync(Offer offer, CancellationToken cancellationToken)
    {
        var (vm, definition) = (offer.Definition.Id, offer.Definition);
        if (whyClosed() is { } closed)
            return new(closed, default);
        if (checks.WhyInvalid(vm, definition) is { } fault)
            return new(fault, default);
        if (services.Board.Find(definition.Name) is { } namesake && namesake.Id != vm)
            return new($"the name '{definition.Name}' is vm {namesake.Id}'s there", default);
        if (await services.World.Migrations.WhyNotHereAsync(definition, cancellationToken) is { } cannot)
            return new(cannot, default);
        foreach (var step in CleanedUp.PlanOf(definition, [], []).Where(step => step is not Step.Volume volume || offer.Moved.All(m => m.Path != volume.Path)))
        {
            if (services.World.Resources.WhyNot(step) is { } missing)
                return new(missing, default);
        }

        if (await WhyNotStoredAsync(offer, cancellationToken) is { } apart)
            return new(apart, default);
        return await AskAsync<CheckAnswer>(vm, new AskArrival(), AnswerLimit, cancellationToken);
    }

    public async Task<PrepareAnswer> PrepareAsync(
        MigrationSession session, Offer offer, MigrationPlan plan, bool wasRunning, CancellationToken cancellationToken)
    {
        if (whyClosed() is { } closed)
            throw new PeerRefusalException(closed);
        var vm = offer.Definition.Id;
        var wish = new Wish.Receive(session, offer.Definition, plan, wasRunning)
        {
            Next = offer.Next == offer.Definition ? null : offer.Next,
            Images = offer.Moved.Select(Step (m) => new Step.SessionImage(
                string.Create(CultureInfo.InvariantCulture, $"image{m.Place}"), Reception.NameOf(session), m.Path, m.Format, m.Size)).ToValueList(),
        };
        var view = await directory.Ask<OperationView>(new Submit(vm, OperationOf(session), wish), AnswerLimit, cancellationToken);
        return view.Status == OperationStatus.Refused
            ? new(null, view.Problem!.Detail)
            : await AskAsync<PrepareAnswer>(vm, new AwaitListening(session), PrepareLimit, cancellationToken);
    }

    public async Task<SessionVerdict?> HearAsync(VmId vm, PeerNote note, CancellationToken cancellationToken) =>
        (await AskAsync<NoteHeard>(vm, new HearNote(note), AnswerLimit, cancellationToken)).Verdict;

    public async Task<bool> WaitsAsync(VmId vm, MigrationSession session, CancellationToken cancellationToken) =>
        (await AskAsync<Waits>(vm, new AskWaits(session), AnswerLimit, cancellationToken)).Yes;

    /// <summary>The other node of the session that a VM's fate hangs on; null when there is none.</summary>
    public async Task<string?> OtherNodeAsync(VmId vm, CancellationToken cancellationToken) =>
        (await AskAsync<OtherNode>(vm, new AskOtherNode(), AnswerLimit, cancellationToken)).Name;

    /// <summary>Why its disks are not here, or cannot be put here; null when they are and can.</summary>
    private async Task<string?> WhyNotStoredAsync(Offer offer, CancellationToken cancellationToken)
    {
        foreach (var disk in offer.Shared)
        {
            var sight = disk.Token is { } token
                ? await services.World.SharedStorage.SeesAsync(disk.Path, token, cancellationToken)
                : new StorageSight.Unknown(disk.Problem ?? "the source could not tell");
            switch (sight)
            {
                case StorageSight.Apart apart:
                    return $"{disk.Path} is another image there ({apart.Reason}); --with-storage takes the disks along";
                case StorageSight.Unknown unknown:
                    return $"whether {disk.Path} is the same image there cannot be told ({unknown.Reason}); --shared says that it is, --with-storage takes the disks along";
            }
        }

        foreach (var image in offer.Moved)
        {
            if (await services.World.Images.CheckAsync(image.Path, cancellationToken) is FileResult.Failed failed)
                return failed.Reason;
        }

        return null;
    }

    private async Task<T> AskAsync<T>(VmId vm, object question, TimeSpan limit, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await directory.Ask<object>(new ToVm(vm, question), limit, cancellationToken) switch
            {
                T answer => answer,
                VmUnavailable unavailable => throw new PeerRefusalException($"vm {vm}: {unavailable.Why}"),
                var other => throw new InvalidOperationException($"{other.GetType().Name} is no answer to {question.GetType().Name}"),
            };
        }
        catch (AskTimeoutException)
        {
            throw new PeerRefusalException($"vm {vm} did not answer");
        }
    }

    /// <summary>An operation of this node's own: the source's id may have been used here for something else.</summary>
    private Operation OperationOf(MigrationSession session)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{session.Source} {session.Id} {session.From} {session.To}");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
        return new Operation(OperationId.Parse($"in-{hash}"), "migrate", $"node {session.Source}", time.GetUtcNow(), text);
    }
}
