using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Model.Encoding;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Laws;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Migrations;

/// <summary>How far an exploration of migrations goes.</summary>
internal sealed record MigrationBounds(string Name)
{
    public int Migrations { get; init; } = 1;

    public int Faults { get; init; } = 1;

    public int Crashes { get; init; } = 1;

    /// <summary>How many stops people ask for.</summary>
    public int Stops { get; init; }

    public bool Cancels { get; init; }

    public bool Loses { get; init; }

    public bool WasPaused { get; init; }

    public TimeSpan? Deadline { get; init; }

    public LateMigration OnDeadline { get; init; }
}

/// <summary>Both VM actors, both supervisors' crashes, both QEMUs, and what passes between the nodes.</summary>
internal sealed class MigrationModel : IModel<MigrationWorld>
{
    [ThreadStatic]
    private static Canon? _canon;

    public static VmDefinition Vm { get; } = new() { Id = new VmId(104), Name = "web-1", Memory = 1 << 20 };

    private readonly MigrationBounds _bounds;
    private readonly MigrationActor _actor;
    private readonly MigrationMoves _moves;
    private readonly bool _asksAll;

    public MigrationModel(MigrationBounds bounds, MigrationMutant? mutant = null, Coverage? coverage = null)
    {
        _bounds = bounds;
        _actor = new MigrationActor(mutant?.Decide ?? ((state, input, limits) => state.Decide(input, limits)), new Limits(), coverage ?? new Coverage());
        _asksAll = coverage is not null;
        _moves = new MigrationMoves(_actor, Vm, mutant?.LostReplyIsFailure ?? false);
    }

    public IEnumerable<MigrationWorld> Initial
    {
        get
        {
            var n = new Incarnation(1);
            var life = new Life(n, Vm, CleanedUp.PlanOf(Vm, [], []), Paused: false, Cause.ApiStart, null)
            {
                Acquiring = true,
                Process = MigrationMoves.Identity(n),
                Up = true,
                Guest = _bounds.WasPaused ? GuestState.Paused : GuestState.Running,
            };
            var running = new Running(life, [], []) { Definition = Vm, Last = n };
            var a = _actor.Begin(new Side { Journal = new CodedState(running), Qemu = new Copy(1, !_bounds.WasPaused, Loaded: true) });
            yield return new MigrationWorld
            {
                A = a,
                B = new Side { Journal = new CodedState(Undefined.Never) },
                Faults = _bounds.Faults,
                Crashes = _bounds.Crashes,
                Migrations = _bounds.Migrations,
                Stops = _bounds.Stops,
                Now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            };
        }
    }

    public void Expand(MigrationWorld world, Successors<MigrationWorld> next)
    {
        _moves.Expand(world, next);
        Qemu(world, next);
        foreach (var isA in (bool[])[true, false])
            Supervisor(world, isA, next);
        if (world.Closed)
            Resolve(world, next);
        else
            Clients(world, next);
    }

    public void Encode(MigrationWorld world, ByteSink code)
    {
        var canon = _canon ??= new Canon();
        canon.Begin(code, [], []);
        foreach (var side in (Side[])[world.A, world.B])
        {
            canon.Value(side.State);
            canon.Value(side.Probed);
            code.Number((side.Up ? 1 : 0) + (side.Qemu is { } q ? 2 + (q.Running ? 4 : 0) + (q.Loaded ? 8 : 0) + (q.N * 16) : 0));
            foreach (var slot in side.Effects)
            {
                code.Number(slot.Stage);
                canon.Value(slot.Report);
            }

            code.Byte(254);
            foreach (var stray in side.Strays)
                canon.Value(stray);
            code.Byte(254);
        }

        foreach (var late in world.Late)
            canon.Value(late);
        code.Byte(254);
        canon.Value(world.Sending);
        code.Number((long)world.Stream | ((long)world.Faults << 4) | ((long)world.Crashes << 8) | ((long)world.Migrations << 12) | ((long)world.Stops << 16));
        code.Number((world.Closed ? 1 : 0) | (world.IsLost ? 2 : 0) | (world.HasMoved ? 4 : 0) | (world.IsExcused ? 8 : 0) | (world.Broken is not null ? 16 : 0) | (world.IsTold ? 32 : 0));
    }

    public Violation? Judge(MigrationWorld world)
    {
        if (_asksAll)
            AnythingAsked.Of(_actor, world);
        return world.Broken ?? MigrationLaws.Judge(world);
    }

    public bool IsClosed(MigrationWorld world) => world.Closed;

    public Violation? JudgeEnd(MigrationWorld world) => MigrationLaws.JudgeEnd(world, _bounds);

    public string Describe(MigrationWorld world) =>
        $"a: {Describe(world.A)} | b: {(world.IsLost ? "lost" : Describe(world.B))} | {world.Stream}";

    private static string Describe(Side side)
    {
        var state = side.State switch
        {
            Running { Activity: Activity.Migration sent } => $"Running {sent.Phase.GetType().Name}",
            Starting starting => $"Starting {starting.Phase}{(starting.Life.Incoming is { Committed: true } ? " committed" : "")}",
            Stopping stopping => $"Stopping {stopping.Phase.GetType().Name}",
            var other => other.GetType().Name,
        };
        return $"{state}{(side.State.Moves.Handover is null ? "" : " in doubt")}{(side.State.Moves.Home is { } home ? $" moved to {home}" : "")}"
            + $"{(side.Up ? "" : ", supervisor down")}{(side.Qemu is { } q ? $", QEMU {q.N}{(q.Running ? " runs" : " stands")}" : "")}";
    }

    public static MigrationPlan Plan(TimeSpan? deadline, LateMigration onDeadline) =>
        new("a", "b", null, null, deadline, onDeadline, AutoConverge: false, Channels: 0);

    /// <summary>What QEMU sends goes on whoever watches, and ends with either process.</summary>
    private static void Qemu(MigrationWorld world, Successors<MigrationWorld> next)
    {
        if (world.Stream == Stream.Active)
        {
            var (a, b) = (world.A.Qemu, world.B.Qemu);
            var there = a?.N == world.Sending!.From.Value && b?.N == world.Sending.To.Value;
            if (!there)
            {
                next.Add(new("the stream ends with a process"), world with { Stream = Stream.Failed });
            }
            else
            {
                var loaded = world.With(false, world.B with { Qemu = b! with { Loaded = true } });
                next.Add(new("all is sent and loaded"), loaded.With(true, world.A with { Qemu = a! with { Running = false } }) with { Stream = Stream.Sent });
                if (world.Faults > 0)
                {
                    var fault = world.Faults - 1;
                    next.Add(new("the stream breaks"), world with { Stream = Stream.Failed, Faults = fault });
                    next.Add(new("the stream breaks with the guest stopped"), world.With(true, world.A with { Qemu = a! with { Running = false } }) with { Stream = Stream.Failed, Faults = fault });
                    next.Add(new("the return path is lost when all is loaded"), loaded with { Stream = Stream.Failed, Faults = fault });
                }
            }
        }

        foreach (var isA in (bool[])[true, false])
        {
            if (world.Faults > 0 && world.Of(isA).Qemu is not null)
            {
                next.Add(
                    new("QEMU of {0} is killed", MigrationMoves.Name(isA)),
                    world.With(isA, world.Of(isA) with { Qemu = null }) with { Faults = world.Faults - 1, IsExcused = true });
            }
        }
    }

    private void Supervisor(MigrationWorld world, bool isA, Successors<MigrationWorld> next)
    {
        var side = world.Of(isA);
        var name = MigrationMoves.Name(isA);
        if (side is { Up: true, Probed: { } finding })
        {
            next.Add(
                new("{0} takes up what it found", name),
                _actor.See(world.With(isA, side with { Probed = null }), isA, new Observation.Recovered(side.State.Current!.Number, finding)));
        }

        if (side.Up && world.Crashes > 0)
            next.Add(new("the supervisor of {0} is killed", name), world.With(isA, side with { Up = false, Probed = null, Effects = [], Strays = [] }) with { Crashes = world.Crashes - 1 });
        if (!side.Up && !(world.IsLost && !isA))
            next.Add(new("the supervisor of {0} is back", name), world.With(isA, Back(side)));
    }

    private Side Back(Side side)
    {
        if (side.State.Current is not { MayLive: true } life)
            return _actor.Begin(side with { Up = true });
        return side with
        {
            Up = true,
            Probed = side.Qemu is { } qemu && qemu.N == life.Number.Value
                ? new Finding.Alive(MigrationMoves.Identity(life.Number), qemu.Running ? GuestState.Running : GuestState.Paused)
                : new Finding.Gone(HostRebooted: false),
        };
    }

    private void Clients(MigrationWorld world, Successors<MigrationWorld> next)
    {
        next.Add(new("faults and commands are over"), world with { Closed = true, Faults = 0, Crashes = 0, Migrations = 0, Stops = 0 });
        if (world.A.Awake)
        {
            if (world.Migrations > 0)
            {
                var wish = new Wish.Migrate(Plan(_bounds.Deadline, _bounds.OnDeadline));
                next.Add(new("client: migrate"), _actor.Ask(world with { Migrations = world.Migrations - 1 }, isA: true, wish).World);
            }

            if (_bounds.Cancels && world.A.State.Operations.FirstOrDefault(o => o.Kind == nameof(Wish.Migrate)) is { } migrate)
                next.Add(new("client: cancel"), _actor.Ask(world, isA: true, new Wish.Cancel(migrate.Id)).World);
            if (world.Stops > 0 && world.A.State is Running)
                next.Add(new("client: stop on a"), _actor.Ask(world with { Stops = world.Stops - 1 }, isA: true, new Wish.Stop(false)).World with { IsExcused = true });
        }

        if (world.Stops > 0 && world.B.Awake && world.B.State is Starting or Running)
            next.Add(new("client: stop on b"), _actor.Ask(world with { Stops = world.Stops - 1 }, isA: false, new Wish.Stop(false)).World with { IsExcused = world.B.State is Running || world.B.State.Current?.IsOnTrial == false || world.IsExcused });
        if (_bounds.Loses && !world.IsLost)
        {
            next.Add(new("node b is lost for good, and fenced"), world with
            {
                IsLost = true,
                IsExcused = true,
                B = world.B with { Up = false, Probed = null, Qemu = null, Effects = [], Strays = [] },
            });
        }
    }

    /// <summary>A person decides when nobody else can.</summary>
    private void Resolve(MigrationWorld world, Successors<MigrationWorld> next)
    {
        if (world.IsLost && world.A.Awake && world.A.State.Moves.Handover is not null)
            next.Add(new("client: migrate-resolve --lost-target"), _actor.Ask(world, isA: true, new Wish.LoseTarget()).World);
    }
}
