using VmSupervisor.Chaos.Observer;

// Watches one node from the outside. On its input: "look" for a list of all that is there, "end" for the last judgement.
// On its output: what breaks an invariant as soon as it is seen, and the answers. Exit code 0 when nothing did.
if (args is not [var root, var node])
{
    await Console.Error.WriteLineAsync("usage: Chaos.Observer DIRECTORY NODE");
    return 2;
}

var violations = new Violations(Console.Out);
var watch = new Watch(new Place(root, node), violations);
using var turns = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
var input = NextAsync();
while (true)
{
    var turn = turns.WaitForNextTickAsync().AsTask();
    if (await Task.WhenAny(input, turn) == turn)
    {
        watch.Look();
        continue;
    }

    watch.Look();
    switch (await input)
    {
        case "look":
            watch.List(Console.Out);
            break;
        case "end":
            watch.End(Console.Out);
            return violations.Count == 0 ? 0 : 1;
        default:
            return 3;
    }

    await Console.Out.WriteLineAsync("seen");
    input = NextAsync();
    await turn;
}

// On a thread of its own: Console.In.ReadLineAsync blocks, and then nobody looks until somebody asks.
static Task<string?> NextAsync() => Task.Run(Console.In.ReadLine);
