using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Model.Laws;

/// <summary>
/// One kind of input that comes to a VM in one kind of state. It is answered by events of some kinds, by a refusal, or by
/// nothing.
/// </summary>
/// <param name="State">The kind of state.</param>
/// <param name="Input">The kind of wish or observation.</param>
/// <param name="Late">Whether it is an observation about another life than the one whose news the state takes.</param>
internal readonly record struct Transition(Type State, Type Input, bool Late)
{
    /// <summary>
    /// All that there are, as the domain's types have it: every kind of state with every kind of wish, with every kind of news of
    /// its own life if it has one, and with every kind of late news.
    /// </summary>
    public static IReadOnlyList<Transition> All { get; } =
    [
        .. from state in Kinds<VmState>() from wish in Kinds<Wish>().Concat(Kinds<PeerNote>()) select new Transition(state, wish, Late: false),
        .. from state in Kinds<VmState>() from news in Kinds<Observation>() where HasLife(state) || OutlivesALife(news) || IsOfASession(news) select new Transition(state, news, Late: false),
        .. from state in Kinds<VmState>() from news in Kinds<Observation>() where !IsOfASession(news) select new Transition(state, news, Late: true),
    ];

    public static Transition Of(VmState state, Input input) => input switch
    {
        Input.Asked asked => new(state.GetType(), asked.Wish.GetType(), Late: false),
        Input.Seen { Observation: var seen } => new(state.GetType(), seen.GetType(), seen.Incarnation != About(state, seen)),
        Input.Told told => new(state.GetType(), told.Note.GetType(), Late: false),
        _ => throw new ArgumentOutOfRangeException(nameof(input), input, "not an input"),
    };

    /// <summary>Whose news a state can take: its life's, between lives only the timer of a restart, and at all times a session's.</summary>
    public static Incarnation? About(VmState state, Observation seen) => IsOfASession(seen.GetType()) ? seen.Incarnation : state.Current?.Number ?? (OutlivesALife(seen.GetType()) ? state.Last : null);

    public static IEnumerable<Type> Kinds<T>() =>
        typeof(T).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(T)) && !type.IsAbstract).OrderBy(type => type.Name, StringComparer.Ordinal);

    public override string ToString() => $"{State.Name} × {(Late ? "late " : "")}{Input.Name}";

    private static bool HasLife(Type state) => state.GetProperty(nameof(VmState.Current))!.DeclaringType == state;

    private static bool IsOfASession(Type news) => news == typeof(Observation.VerdictTold) || news == typeof(Observation.FarewellTaken);

    private static bool OutlivesALife(Type news) => news == typeof(Observation.DeadlinePassed);
}
