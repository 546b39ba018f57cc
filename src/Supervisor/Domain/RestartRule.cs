using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>Whether, and when, a VM whose life has ended is started again without anybody asking.</summary>
internal static class RestartRule
{
    /// <summary>More than any limit that makes sense; a VM that fails every few minutes for ever must not fill the journal.</summary>
    private const int Remembered = 100;

    /// <summary>What follows the end of a life; null when the policy has nothing to do with it.</summary>
    public static Event? After(Stopping ended, DateTimeOffset at, Limits limits)
    {
        // Whoever asked for an end wants the VM down, whatever ended it.
        if (ended.KeptOnly || ended.Mode != StopMode.End || ended.Stops.Count > 0 || !(Covers(ended.Definition, ended.Cause, ended.Life.Cause) || (ended.Cause == Cause.StartFailed && ended.Life.Continues)))
            return null;
        var n = ended.Life.Number;
        var rule = limits.Restarts;
        var counted = ended.Restarts.Where(restart => restart > at - rule.Window).ToValueList();
        return counted.Count < rule.Limit
            ? new Event.RestartScheduled(at, n, at + Delay(rule, ended.Restarts.Count, ended.Definition.Id, n), ended.Restarts.TakeLast(Remembered).ToValueList())
            : new Event.RestartAbandoned(
                at, n, $"it was started again {counted.Count} times within {rule.Window.TotalMinutes:0.#} min and stays down: see why ('vmsup history'), then start it");
    }

    /// <summary>Whether a definition wants a restart after an end for this cause, of a life that began for that one.</summary>
    public static bool Covers(VmDefinition definition, Cause end, Cause begin) => end switch
    {
        Cause.Crash => definition.Restart != RestartPolicy.Never,
        Cause.GuestShutdown => definition.Restart == RestartPolicy.Always,

        // What follows a panic has a key of its own.
        Cause.GuestPanic => definition.OnPanic == PanicPolicy.Restart,

        // Whoever asked for a start that fails is told so. Nobody was asked here.
        Cause.StartFailed => begin switch
        {
            Cause.Restart => definition.Restart != RestartPolicy.Never || definition.OnPanic == PanicPolicy.Restart,
            Cause.Autostart => definition.Restart != RestartPolicy.Never,
            _ => false,
        },
        _ => false,
    };

    /// <summary>Doubled each time, and spread by up to a quarter either way.</summary>
    private static TimeSpan Delay(RestartLimits rule, int earlier, VmId vm, Incarnation n)
    {
        var ticks = Math.Min(rule.LongestDelay.Ticks, rule.FirstDelay.Ticks * Math.Pow(2, Math.Min(earlier, 40)));
        return TimeSpan.FromTicks((long)(ticks * (0.75 + (0.5 * Fraction(rule.Seed ^ ((ulong)vm.Value << 32) ^ (ulong)n.Value)))));
    }

    /// <summary>A number in [0, 1) that depends on every bit of another: the finaliser of SplitMix64 (Steele and others, 2014).</summary>
    private static double Fraction(ulong x)
    {
        unchecked
        {
            x += 0x9E3779B97F4A7C15;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return ((x ^ (x >> 31)) >> 11) / (double)(1UL << 53);
        }
    }
}

/// <summary>A restart to come.</summary>
/// <param name="Due">When.</param>
internal sealed record PendingRestart(DateTimeOffset Due);
