using VmSupervisor.Actors;
using VmSupervisor.TestKit;

namespace VmSupervisor.Scenarios.Tests.Simulated;

/// <summary>
/// A host on which everything takes another time than usual, so that what a scenario comes to is not owed to one
/// moment at which two things happen to meet.
/// </summary>
internal static class Shaking
{
    /// <summary>In milliseconds. Longer than any hook, spawn or round trip usually takes.</summary>
    private const int Longest = 150;

    public static void Of(SimulatedNode node, SeededRandom random)
    {
        node.AutostartDelay = Time(random);
        node.Hypervisor.Greeting = Time(random);
        node.Hooks.Takes = _ => Time(random);
        node.Resources.AcquireTakes = _ => Time(random);
        node.Resources.ReleaseTakes = _ => Time(random);
        node.Backups.Takes += Time(random);
        node.Memory.Takes += Time(random);
    }

    private static TimeSpan Time(SeededRandom random) => TimeSpan.FromMilliseconds(1 + random.Next(Longest));
}
