using System.Reflection;
using VmSupervisor.Domain;

namespace VmSupervisor.Model.Encoding;

/// <summary>
/// What of the domain's records is not part of a state's code, and why that is sound. A time that is not listed fails:
/// whoever adds one says here what the domain does with it.
/// </summary>
internal static class Abstractions
{
    private static readonly Dictionary<(Type Type, string Property), Treatment> Listed = new()
    {
        // Shown to people; what Running makes of it is a deadline of its own (GoodAt), and one that was set by an earlier
        // Running never equals it.
        [(typeof(VmState), nameof(VmState.Since))] = Treatment.LeftOut,

        // Sorts what is shown and what ends together; which of several operations ends first makes no other state.
        [(typeof(Operation), nameof(Operation.At))] = Treatment.LeftOut,

        [(typeof(SavedMemory), nameof(SavedMemory.At))] = Treatment.LeftOut,

        // Texts for people, never read by a decision.
        [(typeof(Stopping), nameof(Stopping.Detail))] = Treatment.LeftOut,
        [(typeof(CleanedUp), nameof(CleanedUp.Detail))] = Treatment.LeftOut,
        [(typeof(HookOutcome), nameof(HookOutcome.Detail))] = Treatment.LeftOut,
        [(typeof(Outcome), nameof(Outcome.Detail))] = Treatment.LeftOut,
        [(typeof(SessionVerdict), nameof(SessionVerdict.Detail))] = Treatment.LeftOut,

        // Lines for a person; a decision only asks whether one is there.
        [(typeof(Known), nameof(Known.Problems))] = Treatment.Set,

        // Compared with a window, which in the model is endless (all count) or nothing (none does): only their number matters.
        [(typeof(Known), nameof(Known.Restarts))] = Treatment.Number,

        // Compared with the deadline that passed, for equality only.
        [(typeof(StopPhase.PreStop), "Deadline")] = Treatment.Deadline,
        [(typeof(StopPhase.AskGuest), "Deadline")] = Treatment.Deadline,
        [(typeof(StopPhase.Quit), "Deadline")] = Treatment.Deadline,
        [(typeof(StopPhase.Terminate), "Deadline")] = Treatment.Deadline,
        [(typeof(StopPhase.Kill), "Deadline")] = Treatment.Deadline,
        [(typeof(StopPhase.AwaitExit), "Deadline")] = Treatment.Deadline,
        [(typeof(MigrationPhase.Send), "Deadline")] = Treatment.Deadline,
        [(typeof(PendingRestart), nameof(PendingRestart.Due))] = Treatment.Deadline,
        [(typeof(Effect.WaitUntil), "Deadline")] = Treatment.Deadline,
        [(typeof(Observation.DeadlinePassed), "Deadline")] = Treatment.Deadline,
    };

    public static Treatment Of(PropertyInfo property)
    {
        if (Listed.TryGetValue((property.DeclaringType!, property.Name), out var treatment))
            return treatment;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type == typeof(DateTimeOffset)
            ? throw new NotSupportedException(
                $"{property.DeclaringType!.Name}.{property.Name} is a time that the model does not know: say in tests/Model/Encoding/Abstractions.cs "
                + "whether decisions compare it for equality (Deadline), never read it (LeftOut), or need more")
            : Treatment.Whole;
    }
}

internal enum Treatment
{
    /// <summary>It is part of the code as it is.</summary>
    Whole,

    /// <summary>It is renamed by first occurrence.</summary>
    Deadline,

    /// <summary>Of a list only which items it has is part of the code.</summary>
    Set,

    /// <summary>Of a list only its length is part of the code.</summary>
    Number,

    /// <summary>It is no part of the code.</summary>
    LeftOut,
}
