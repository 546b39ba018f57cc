using System.Reflection;
using VmSupervisor.Domain;
using VmSupervisor.Model.Encoding;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Tests;

/// <summary>What is new in the domain is noticed here, before it is silently left out.</summary>
public sealed class KindsTests
{
    [Fact]
    public void Every_kind_of_effect_has_its_way_in_the_world() =>
        AllKnown<Effect>(ModelKinds.Effects, "tests/Model/Worlds/EffectMoves.cs (how it acts, fails and reports) and then ModelKinds.Effects");

    [Fact]
    public void Every_kind_of_observation_has_a_source() =>
        AllKnown<Observation>([.. ModelKinds.Observations, .. ModelKinds.ObservationsOfMigrations], "tests/Model/Worlds (who sees it) and then ModelKinds.Observations");

    [Fact]
    public void Every_kind_of_wish_is_on_a_menu() =>
        AllKnown<Wish>([.. Suite.Quick.SelectMany(b => b.Menu).Select(w => w.GetType()).Concat(ModelKinds.WishesOfMigrations).Distinct()], "tests/Model/Worlds/Suite.cs (a menu) and tests/Model/Worlds/Clients.cs (its name)");

    [Fact]
    public void Every_kind_of_step_is_something_on_the_host() =>
        AllKnown<Step>([.. ModelKinds.Steps, .. ModelKinds.StepsOfMigrations], "tests/Model/Worlds/Host.cs (what tells it from others) and then ModelKinds.Steps");

    [Fact]
    public void Every_time_in_the_domain_is_abstracted_on_purpose()
    {
        foreach (var type in typeof(VmState).Assembly.GetTypes().Where(t => t.Namespace == typeof(VmState).Namespace && !t.IsAbstract && Stored(t)))
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
                _ = Abstractions.Of(property);
        }
    }

    /// <summary>States and what they consist of; events and inputs are not kept.</summary>
    private static bool Stored(Type type) =>
        typeof(VmState).IsAssignableFrom(type) || typeof(StopPhase).IsAssignableFrom(type) || typeof(Effect).IsAssignableFrom(type)
        || typeof(Observation).IsAssignableFrom(type) || type == typeof(Life) || type == typeof(Operation) || type == typeof(PendingRestart);

    private static void AllKnown<T>(IReadOnlyCollection<Type> known, string where)
    {
        var missing = typeof(T).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(T))).Except(known).Select(t => t.Name).ToArray();
        Assert.True(missing.Length == 0, $"the model does not know the {typeof(T).Name.ToLowerInvariant()} {string.Join(", ", missing)}: extend {where}");
    }
}
