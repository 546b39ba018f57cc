using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Migrations;

/// <summary>What the effects of both nodes do to the world and to each other.</summary>
/// <remarks>
/// An exchange between the nodes is one step when both are up and nothing goes wrong. What goes wrong is a fault: what was
/// said reaches the other node at any later time or never, the answer is lost, the connection is believed lost.
/// </remarks>
internal sealed class MigrationMoves(MigrationActor actor, VmDefinition definition, bool lostReplyIsFailure)
{
    public void Expand(MigrationWorld world, Successors<MigrationWorld> next)
    {
        foreach (var isA in (bool[])[true, false])
        {
            var side = world.Of(isA);
            for (var i = 0; i < side.Effects.Length; i++)
            {
                var slot = side.Effects[i];
                if (slot.Report is { } report)
                {
                    // Asking for a verdict goes on until there is one.
                    var told = side.Effects.SetItem(i, slot with { Report = null, Stage = slot.Effect is Effect.SeekVerdict ? 0 : Slot.Over });
                    if (side.Awake)
                        next.Add(new("{0}: {1}", Name(isA), Tell(report)), actor.See(world.With(isA, side with { Effects = told }), isA, report));
                }
                else if (slot.Stage != Slot.Over && side.Up)
                {
                    Act(new At(world, isA, i), slot.Effect, next);
                }
            }

            for (var i = 0; i < side.Strays.Length && side.Awake; i++)
                next.Add(new("{0}: told late: {1}", Name(isA), Tell(side.Strays[i])), actor.See(world.With(isA, side with { Strays = side.Strays.RemoveAt(i) }), isA, side.Strays[i]));
        }

        for (var i = 0; i < world.Late.Length && world.B.Awake; i++)
            Arrive(world with { Late = world.Late.RemoveAt(i) }, world.Late[i], next);
    }

    public static string Name(bool isA) => isA ? "a" : "b";

    private static string Tell(Observation seen) => seen is Observation.VerdictTold told ? $"VerdictTold {told.Verdict}" : seen.GetType().Name;

    private void Act(At at, Effect effect, Successors<MigrationWorld> next)
    {
        var (world, n) = (at.World, effect.Incarnation);
        var qemu = at.Side.Qemu;
        var isMine = qemu?.N == n.Value;
        switch (effect)
        {
            case Effect.BringUp:
                at.Add(next, "QEMU of {0} is launched", at.Report(new Observation.Launched(n, Identity(n), ""), at.Side with { Qemu = new Copy(n.Value, false, false) }));
                at.Fault(next, "the launch on {0} fails", f => f.Report(new Observation.BringUpFailed(n, "why")));
                break;
            case Effect.Continue when isMine:
                at.Add(next, "the guest on {0} runs", Run(at).Report(new Observation.Continued(n)));
                at.Fault(next, "cont on {0} is refused", f => (f with { World = f.World with { IsTold = f.World.IsTold || at.IsA } }).Report(new Observation.ContinueFailed(n, "why")));
                break;
            case Effect.WatchExit when !isMine:
                at.Add(next, "the exit on {0} is seen", at.Report(new Observation.ProcessExited(n, ProcessExit.Unknowable)));
                break;
            case Effect.Quit or Effect.Terminate or Effect.Kill when isMine:
                at.Add(next, "QEMU of {0} is ended", at.Over(at.Side with { Qemu = null }));
                break;
            case Effect.Extinguish:
                at.Add(next, "what lives on {0} is ended", at.Report(new Observation.Extinguished(n, ProcessExit.Unknowable), at.Side with { Qemu = isMine ? null : qemu }));
                break;
            case Effect.Release:
                at.Add(next, "{0} gives back what it acquired", at.Report(new Observation.ReleasePassed(n, [])));
                break;
            case Effect.WaitUntil wait:
                at.Add(next, "a deadline of {0} passes", at.Report(new Observation.DeadlinePassed(n, wait.Deadline)));
                break;
            case Effect.CheckTarget check:
                if (world.B.Awake)
                    at.Add(next, "b is asked whether it can", at.Report(new Observation.TargetChecked(n, check.Operation, new Incarnation(world.B.State.NextNumber.Value - 1))));
                at.NoAnswer(next, !world.B.Up, new Observation.TargetRefused(n, check.Operation, "no answer"));
                break;
            case Effect.PrepareTarget prepare:
                Prepare(at, prepare, next);
                break;
            case Effect.Send send:
                Send(at, send, next);
                break;
            case Effect.CancelSend cancel when isMine:
                var isSent = world.Stream == Stream.Sent && world.Sending == cancel.Session;
                at.Add(next, "a cancels what it sends", (at with { World = isSent ? world : world with { Stream = Stream.Failed } })
                    .Report(isSent ? new Observation.Sent(n, cancel.Session) : new Observation.SendFailed(n, cancel.Session, "cancelled")));
                break;
            case Effect.SeekVerdict seek:
                Seek(at, seek, next);
                break;
            case Effect.BidFarewell farewell when world.B.Awake:
                var heard = actor.Tell(actor.Tell(world, new PeerNote.Abort(farewell.Session)).World, new PeerNote.Acknowledge(farewell.Session)).World;
                at.Add(next, "a bids b farewell", (at with { World = heard }).Report(new Observation.FarewellTaken(n, farewell.Session)));
                break;

            // Nobody is there to hear it, and nobody ever will.
            case Effect.BidFarewell farewell when world.IsLost:
                break;
            case Effect.Listen when isMine:
                at.Add(next, "QEMU of b listens", at.Report(new Observation.Listening(n, "b")));
                break;
            case Effect.Receive receive when isMine:
                if (qemu!.Loaded)
                    at.Add(next, "b has received all", at.Report(new Observation.Received(n)));
                else if (world.Stream == Stream.Failed && world.Sending == receive.Session)
                    at.Add(next, "b sees the stream end", at.Report(new Observation.ReceiveFailed(n, "it ended")));
                break;
            case Effect.WatchPeer:
                at.NoAnswer(next, !world.A.Up, new Observation.PeerLost(n, "silence"));
                break;
            case Effect.AskSource ask when world.A.Awake:
                var moves = world.A.State.Moves;
                at.Add(next, "b asks a", at.Report(new Observation.SourceAnswered(n, Waits: moves.Handover?.Session == ask.Session || moves.Home == "b")));
                break;
        }
    }

    private void Prepare(At at, Effect.PrepareTarget prepare, Successors<MigrationWorld> next)
    {
        var (world, n, session) = (at.World, prepare.Incarnation, prepare.Session);
        var failed = new Observation.PrepareFailed(n, session, "no answer");
        if (at.Slot.Stage == 0 && world.B.Awake)
        {
            var (asked, refused) = Receive(world, session, prepare.WasRunning);
            at.Add(next, "b is told to prepare", refused ? (at with { World = asked }).Report(failed) : (at with { World = asked }).Stage(1));
            at.Fault(next, "what b is told is long on its way", f => (f with { World = f.World with { Late = f.World.Late.Add(new Late.Prepare(session, prepare.WasRunning)) } }).Stage(1));
        }

        if (at.Slot.Stage == 1 && world.B.Up && world.B.State is Starting { Phase: StartPhase.Receive, Life.Incoming: { } incoming } && incoming.Session == session)
            at.Add(next, "b is prepared", at.Report(new Observation.TargetPrepared(n, session, incoming.Address!)));
        if (at.Slot.Stage == 1 && world.B.Awake && Receptions.AnswerTo(world.B.State, session) is not null)
            at.Add(next, "b will not prepare", at.Report(failed));
        at.NoAnswer(next, !world.B.Up, failed);
    }

    private static void Send(At at, Effect.Send send, Successors<MigrationWorld> next)
    {
        var (world, n, session) = (at.World, send.Incarnation, send.Session);
        var canReceive = world.B.Qemu?.N == session.To.Value && world.A.Qemu?.N == n.Value;
        switch (world.Stream)
        {
            case var _ when world.Sending != session && canReceive:
                at.Add(next, "a begins to send", at with { World = world with { Stream = Stream.Active, Sending = session } });
                break;
            case var _ when world.Sending != session:
                at.Add(next, "a cannot send", at.Report(new Observation.SendFailed(n, session, "refused")));
                break;
            case Stream.Sent:
                at.Add(next, "a has sent all", at.Report(new Observation.Sent(n, session)));
                break;
            case Stream.Failed:
                at.Add(next, "a sees the stream end", at.Report(new Observation.SendFailed(n, session, "it ended")));
                break;
        }
    }

    private void Seek(At at, Effect.SeekVerdict seek, Successors<MigrationWorld> next)
    {
        var world = at.World;
        PeerNote note = seek.Commits ? new PeerNote.Finish(seek.Session) : new PeerNote.Abort(seek.Session);
        if (world.B.Awake)
        {
            var (asked, answer) = actor.Tell(world, note);
            var there = at with { World = asked };
            if (answer is not null && new Observation.VerdictTold(seek.Incarnation, seek.Session, answer.Verdict, answer.Detail) is var told
                && !actor.Ignores(at.Side, told, world.Now))
            {
                at.Add(next, "a asks b for its verdict", there.Report(told));
                at.Fault(next, "b's answer is lost", f => Lost(there with { World = asked with { Faults = f.World.Faults } }, told));
            }
            else
            {
                at.Add(next, "a asks b for its verdict, and there is none", there);
            }
        }

        at.Fault(next, "what a says is long on its way", f => f with { World = f.World with { Late = f.World.Late.Add(new Late.Note(note)) } });
    }

    private At Lost(At at, Observation.VerdictTold told) => lostReplyIsFailure ? at.Report(told with { Verdict = Verdict.Aborted }) : at;

    private void Arrive(MigrationWorld world, Late late, Successors<MigrationWorld> next)
    {
        next.Add(new("b hears at last: {0}", late.GetType().Name), late switch
        {
            Late.Prepare prepare => Receive(world, prepare.Session, prepare.WasRunning).World,
            Late.Note note => actor.Tell(world, note.Said).World,
            _ => world,
        });
        next.Add(new("it never arrives"), world);
    }

    private (MigrationWorld World, bool Refused) Receive(MigrationWorld world, MigrationSession session, bool wasRunning) =>
        actor.Ask(world, isA: false, new Wish.Receive(session, definition, MigrationModel.Plan(null, default), wasRunning), session.Id);

    private static At Run(At at)
    {
        var world = at.World;
        if (at.IsA && world.HasMoved && !world.IsLost)
            world = world.Break(Laws.Law.NeverTwo, "the source's copy runs again, and the guest has run on the target since");
        return at with
        {
            World = world.With(at.IsA, at.Side with { Qemu = at.Side.Qemu! with { Running = true } }) with { HasMoved = world.HasMoved || !at.IsA },
        };
    }

    public static ProcessIdentity Identity(Incarnation n) => new("boot", (int)n.Value, 1);
}

/// <summary>An effect's place in the world.</summary>
internal sealed record At(MigrationWorld World, bool IsA, int Index)
{
    public Side Side => World.Of(IsA);

    public Slot Slot => Side.Effects[Index];

    public At Report(Observation seen, Side? side = null) => Put(side ?? Side, Slot with { Report = seen });

    public At Over(Side side) => Put(side, Slot with { Stage = Slot.Over });

    public At Stage(int stage) => Put(Side, Slot with { Stage = stage });

    public void Add(Successors<MigrationWorld> next, string what, At then) => next.Add(new(what, MigrationMoves.Name(IsA)), then.World);

    public void Fault(Successors<MigrationWorld> next, string what, Func<At, At> then)
    {
        if (World.Faults > 0)
            Add(next, what, then(this with { World = World with { Faults = World.Faults - 1 } }));
    }

    /// <summary>Patience ends: rightly, or because the nodes cannot reach each other.</summary>
    public void NoAnswer(Successors<MigrationWorld> next, bool isDown, Observation seen)
    {
        if (isDown)
            Add(next, "{0} gets no answer", Report(seen));
        else
            Fault(next, "{0} gets no answer, though the other is up", f => f.Report(seen));
    }

    private At Put(Side side, Slot slot) => this with { World = World.With(IsA, side with { Effects = side.Effects.SetItem(Index, slot) }) };
}
