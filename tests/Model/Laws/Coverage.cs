using System.Collections.Concurrent;
using VmSupervisor.Domain;

namespace VmSupervisor.Model.Laws;

/// <summary>
/// What explorations have asked of the rules: which transitions, with which answers, and which kinds of events they met.
/// </summary>
internal sealed class Coverage
{
    private readonly ConcurrentDictionary<(Transition Transition, ulong Answer), Answer> _answers = new();

    /// <summary>The transitions that were taken, each with all of its answers.</summary>
    public IReadOnlyDictionary<Transition, Answer[]> Transitions => _answers
        .GroupBy(one => one.Key.Transition, one => one.Value)
        .ToDictionary(answers => answers.Key, answers => answers.ToArray());

    /// <summary>How many different answers there were, told apart by the kinds of events that were decided.</summary>
    public int Answers => _answers.Count;

    /// <summary>The kinds of events that were decided.</summary>
    public IEnumerable<string> Events => _answers.Values.SelectMany(answer => answer.Events).Select(type => type.Name).Distinct().Order();

    public static IEnumerable<string> AllEvents => Transition.Kinds<Event>().Select(type => type.Name).Order();

    public void Saw(VmState state, Input input, Decision decision)
    {
        var key = (Transition.Of(state, input), Fingerprint(decision));
        if (!_answers.ContainsKey(key))
            _answers.TryAdd(key, Answer.Of(decision));
    }

    // Looked up for every decision of millions: no list is made.
    private static ulong Fingerprint(Decision decision)
    {
        var code = (ulong)decision.GetType().GetHashCode();
        if (decision is Decision.Ignored { Late: true })
            code++;
        if (decision is Decision.Accepted accepted)
        {
            foreach (var e in accepted.Events)
                code = (code * 0x100000001b3) ^ (ulong)e.GetType().GetHashCode();
        }

        return code;
    }
}

/// <summary>What was answered: the kind of the decision, and of the events when it was accepted.</summary>
internal sealed record Answer(AnswerKind Kind, IReadOnlyList<Type> Events)
{
    public static Answer Of(Decision decision) => decision switch
    {
        Decision.Accepted accepted => new(AnswerKind.Accepted, [.. accepted.Events.Select(e => e.GetType())]),
        Decision.Ignored { Late: true } => new(AnswerKind.Late, []),
        Decision.Ignored => new(AnswerKind.Ignored, []),
        Decision.Refused => new(AnswerKind.Refused, []),
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "not a decision"),
    };
}

/// <summary>The kinds of answers.</summary>
internal enum AnswerKind
{
    Accepted,
    Refused,
    Ignored,

    /// <summary>Ignored because it was about a life that is closed.</summary>
    Late,
}
