using VmSupervisor.Actors;
using VmSupervisor.Actors.TestKit.Journals;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.TestKit;

namespace VmSupervisor.Simulation.Plans;

/// <summary>What the world may do, and how often, by and large.</summary>
internal sealed class Troubles(SeededRandom random, IReadOnlyList<VmId> vms)
{
    private static readonly string[] Steps = ["run-directory", "cgroup", "disk0", "disk1", "net0"];

    public IEnumerable<(int Weight, Func<IEnumerable<Deed>> Make)> Menu =>
    [
        (2, () => [new Deed.Guest(Vm, GuestDeed.PowersOff)]),
        (2, () => [new Deed.Guest(Vm, GuestDeed.Panics)]),
        (1, () => [new Deed.Guest(Vm, GuestDeed.Resets)]),
        (1, () => [new Deed.Guest(Vm, Chance(2) ? GuestDeed.IgnoresPowerButton : GuestDeed.HeedsPowerButton)]),
        (3, () => [new Deed.Qemu(Vm, QemuTrouble.Killed)]),
        (2, () => [new Deed.Qemu(Vm, Chance(2) ? QemuTrouble.Hangs : QemuTrouble.GoesOn)]),
        (1, () => PowersOffWhileItHangs(Vm)),
        (1, () => [new Deed.Qemu(Vm, Chance(2) ? QemuTrouble.CannotDie : QemuTrouble.CanDie)]),
        (1, () => [new Deed.ExitTakes(Vm, Milliseconds(Chance(3) ? 20_000 : 500))]),
        (2, () => [new Deed.Launches(Fault(), Milliseconds(Chance(3) ? 2000 : 100))]),
        (3, () => [new Deed.Hooks((HookPhase)random.Next(4), Chance(3), Milliseconds(Chance(4) ? 90_000 : 40))]),
        (2, () => [new Deed.Step(Any(Steps), Chance(2), Chance(2), Milliseconds(Chance(3) ? 3000 : 1))]),
        (1, () => [new Deed.Backups(Chance(4), Chance(3), Milliseconds(3000))]),
        (1, () => [new Deed.Memory(Chance(3), Chance(4), Milliseconds(1000))]),
        (3, () => [new Deed.Commit((StoreFault)random.Next(4))]),
        (1, () => [new Deed.CommitsTake(Chance(3) ? TimeSpan.Zero : Milliseconds(Chance(3) ? 400 : 10))]),
        (1, () => [new Deed.Limits(Chance(2))]),
        (1, () => [new Deed.Quiet()]),
        (1, () => [new Deed.Room(Chance(2) ? null : random.Next(8))]),
        (3, () => [new Deed.KillSupervisor(Chance(2)), new Deed.BeginSupervisor()]),
        (1, () => [new Deed.KillSupervisor(Chance(2))]),
        (1, () => [new Deed.BeginSupervisor()]),
        (1, () => [new Deed.StopSupervisor(), new Deed.BeginSupervisor()]),
        (1, () => [new Deed.RebootHost(), new Deed.BeginSupervisor()]),
    ];

    private VmId Vm => Any(vms);

    /// <summary>Nobody is told, and <c>quit</c> is not heard.</summary>
    private static Deed[] PowersOffWhileItHangs(VmId vm) => [new Deed.Guest(vm, GuestDeed.PowersOff), new Deed.Qemu(vm, QemuTrouble.Hangs)];

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private T Any<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];

    private TimeSpan Milliseconds(int most) => TimeSpan.FromMilliseconds(random.Next(most));

    private SimulatedLaunchFault? Fault() => random.Next(6) switch
    {
        0 => new SimulatedLaunchFault.BeforeSpawn("it does not want to"),
        1 => new SimulatedLaunchFault.Ends("it does not know this machine"),
        2 => new SimulatedLaunchFault.AfterSpawn("its monitor is broken"),
        3 => new SimulatedLaunchFault.Silent(random.Next(3)),
        _ => null,
    };
}
