using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Encoding;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Laws;

namespace VmSupervisor.Model.Worlds;

/// <summary>One VM, its supervisor, its host and its clients.</summary>
internal sealed class VmModel : IModel<World>
{
    [ThreadStatic]
    private static Canon? _canon;

    private readonly Bounds _bounds;
    private readonly Rules _rules;
    private readonly EffectMoves _effects;
    private readonly Surroundings _surroundings;
    private readonly Supervision _supervision;
    private readonly Clients _clients;
    private readonly LateNews? _lateNews;

    /// <param name="bounds">How far it goes.</param>
    /// <param name="rules">The rules; the production ones unless told.</param>
    /// <param name="coverage">Where to note what was asked of the rules; all that they can be asked is asked then.</param>
    public VmModel(Bounds bounds, Rules? rules = null, Coverage? coverage = null)
    {
        _bounds = bounds;
        _rules = rules ?? new Rules { Limits = bounds.Limits };
        var actor = new Actor(_rules, bounds, coverage ?? new Coverage());
        _effects = new EffectMoves(_rules, bounds, actor);
        _surroundings = new Surroundings(bounds);
        _supervision = new Supervision(_rules, bounds, actor);
        _clients = new Clients(bounds, actor);
        _lateNews = coverage is null ? null : new LateNews(_rules, coverage);
    }

    public IEnumerable<World> Initial
    {
        get
        {
            var defined = new CodedState(new CleanedUp(Cause.Defined, "", []) { Definition = _bounds.Definition });
            yield return new World
            {
                Journal = defined,
                Memory = defined,
                Faults = _bounds.Faults,
                Crashes = _bounds.Crashes,
                Now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            };
        }
    }

    public void Expand(World world, Successors<World> next)
    {
        if (IsCutOff(world))
            return;
        if (world is { Season: Season.StopOwed, Awake: true })
        {
            _clients.Expand(world, next);
            return;
        }

        _effects.Expand(world, next);
        _surroundings.Expand(world, next);
        _supervision.Expand(world, next);
        _clients.Expand(world, next);
    }

    public void Encode(World world, ByteSink code)
    {
        var canon = _canon ??= new Canon();
        var made = world.Memory.Code;
        canon.Begin(code, made.Operations, made.Deadlines);
        code.Bytes(made.Bytes);
        var appended = ReferenceEquals(world.Journal, world.Memory);
        code.Flag(appended);
        if (!appended)
            code.Bytes(world.Journal.Code.Bytes);
        code.Number((int)world.Season | ((world.Up ? 1 : 0) << 3) | (world.Faults << 4) | (world.Crashes << 10) | ((world.KeepPromised ? 1 : 0) << 16));
        code.Number(world.Boot);
        canon.Value(world.Probed);
        foreach (var slot in world.Effects)
            Encode(canon, slot);
        code.Byte(254);
        foreach (var slot in world.Lingering)
        {
            canon.Value(slot.Effect);
            Encode(canon, slot);
        }

        code.Byte(254);
        foreach (var stray in world.Strays)
            canon.Value(stray);
        code.Byte(254);
        foreach (var process in world.Processes)
            code.Number((process.Memory << 16) | (process.N << 8) | ((long)process.Guest << 3) | (process.Dying ? 1L : 0) | (process.Hung ? 2L : 0) | (process.Pressed ? 4L : 0));
        code.Byte(254);
        foreach (var hook in world.Hooks)
            code.Number((hook.N << 12) | ((long)hook.Phase << 8) | ((long)hook.Progress << 5) | ((long)hook.Outcome << 1) | (hook.Began ? 1L : 0));
        code.Byte(254);
        foreach (var holding in world.Held)
        {
            canon.Text(holding.Step);
            code.Number(holding.Owner);
        }

        code.Byte(254);
        foreach (var operation in world.Unseen)
            canon.Operation(operation);
        code.Flag(world.Broken is not null);
    }

    public Violation? Judge(World world) => world.Broken ?? Ownership.Judge(world) ?? _lateNews?.Judge(world);

    public bool IsClosed(World world) => world.Season != Season.Open;

    public Violation? JudgeEnd(World world) => IsCutOff(world) ? null : Endings.Judge(world);

    public string Describe(World world) => Descriptions.Of(world);

    /// <summary>Lives beyond the bound, which restarts that nobody asked for can lead to, are not looked at.</summary>
    private bool IsCutOff(World world) => world.State.Last.Value > _bounds.Incarnations;

    private static void Encode(Canon canon, Slot slot)
    {
        canon.Sink.Number(slot.Stage);
        canon.Sink.Number(slot.Failed);
        canon.Sink.Number((int?)slot.Told ?? -1);
        canon.Value(slot.Report);
    }
}
