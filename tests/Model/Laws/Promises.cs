using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Laws;

/// <summary>What is promised by accepting a command, and what is owed when a life is closed.</summary>
internal static class Promises
{
    public static World Follow(World world, VmState before, Input input, ValueList<Event> events)
    {
        // A stop that keeps volumes and was given up promises nothing any more.
        // One that the next life has begun to acquire was kept: from there on they are that life's.
        if ((before is Stopping && world.State is Running) || world.State is Starting { Life.Acquiring: true })
            world = world with { KeepPromised = false };
        if (input is Input.Asked { Wish: Wish.Stop { KeepActive: true } or Wish.Shutdown { KeepActive: true } } && world.State is Stopping)
            world = world with { KeepPromised = true };
        // Who stops a life that has not taken them over yet, and does not want them kept, has them given back.
        if (before is Starting { Life.Acquiring: false } && input is Input.Asked { Wish: Wish.Stop { KeepActive: false } or Wish.Shutdown { KeepActive: false } })
            world = world with { KeepPromised = false };
        foreach (var closed in events.OfType<Event.CleanedUp>())
            world = Balanced(world, closed.Incarnation.Value);
        return world.State is Undefined ? world with { KeepPromised = false } : world;
    }

    /// <summary>The claims of a closed life are forgotten, once no hook effect of it is under way, given up or not.</summary>
    public static World Forget(World world, ValueList<Event> events, bool waits)
    {
        foreach (var closed in events.OfType<Event.CleanedUp>())
        {
            if (!waits || !HooksLinger(world, closed.Incarnation))
                world = Forget(world, closed.Incarnation);
        }

        return world;
    }

    public static World Forget(World world, Incarnation closed) => world with { Hooks = world.Hooks.RemoveAll(h => h.N == closed.Value) };

    public static bool HooksLinger(World world, Incarnation n) =>
        world.Lingering.Any(s => s.Effect is Effect.RunHooks or Effect.EndHooks && s.Effect.Incarnation == n);

    private static World Balanced(World world, long n)
    {
        var hooks = world.Hooks.Where(h => h.N == n).ToArray();
        if (hooks.Any(h => h is { Phase: HookPhase.PreStart, Began: true }) && !hooks.Any(h => h is { Phase: HookPhase.PostStop, Began: true }))
            world = world.Break(Law.HooksBalance, $"incarnation {n} is closed, its pre-start hooks began, and post-stop never did");
        return hooks.Any(h => h.Progress == HookProgress.Running)
            ? world.Break(Law.HooksBalance, $"incarnation {n} is closed while its hooks run")
            : world;
    }
}
