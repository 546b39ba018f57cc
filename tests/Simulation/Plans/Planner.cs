using System.Collections.Immutable;
using VmSupervisor.Actors;
using VmSupervisor.Contracts;

namespace VmSupervisor.Simulation.Plans;

/// <summary>
/// Makes the plan of a seed. Each seed likes some deeds and leaves others out altogether: a run in which everything goes
/// wrong at once never comes far enough to meet what follows a single fault.
/// </summary>
internal sealed class Planner
{
    private const int Fewest = 8;
    private const int Most = 48;
    private const int Clients = 3;

    private readonly SeededRandom _random;
    private readonly Commands _commands;
    private readonly Troubles _troubles;
    private readonly List<(int Weight, Func<IEnumerable<Deed>> Make)> _menu = [];
    private readonly int _patience;

    private Planner(long seed)
    {
        _random = new SeededRandom(seed);
        var vms = Enumerable.Range(1, 1 + _random.Next(3)).Select(i => new VmId(i)).ToArray();
        _commands = new Commands(_random, vms, clients: 1 + _random.Next(Clients));
        _troubles = new Troubles(_random, vms);
        _patience = new[] { 5, 60, 400 }[_random.Next(3)];
        foreach (var (weight, make) in _commands.Menu)
            Like(weight, make);
        foreach (var (weight, make) in _troubles.Menu)
            Like(weight, make);
    }

    public static Plan Of(long seed)
    {
        var planner = new Planner(seed);
        var acts = planner.Acts().Select((act, place) => (place, act)).ToImmutableArray();
        return new Plan(seed, 0, acts);
    }

    private void Like(int weight, Func<IEnumerable<Deed>> make)
    {
        // A third is left out, a third is ordinary, a third is three times as frequent.
        var liking = _random.Next(3);
        if (liking > 0)
            _menu.Add((liking == 1 ? weight : 3 * weight, make));
    }

    private List<Act> Acts()
    {
        var acts = new List<Act>();
        foreach (var define in _commands.Definitions())
            acts.Add(new Act(_random.Next(3) == 0 ? 0 : 200, TimeSpan.Zero, define));
        var total = _menu.Sum(m => m.Weight);
        for (var left = Fewest + _random.Next(Most - Fewest); left > 0 && total > 0; left--)
        {
            var pick = _random.Next(total);
            var made = _menu.First(m => (pick -= m.Weight) < 0).Make();
            acts.AddRange(made.Select((deed, i) => new Act(i > 0 && _random.Next(3) == 0 ? 0 : _random.Next(60), deed is Deed.Quiet ? TimeSpan.FromSeconds(_random.Next(900)) : Pause(), deed)));
        }

        return acts;
    }

    private TimeSpan Pause() => _random.Next(3) switch
    {
        0 => TimeSpan.FromMilliseconds(_random.Next(_patience)),
        1 => TimeSpan.FromMilliseconds(_random.Next(5)),
        _ => TimeSpan.Zero,
    };
}
