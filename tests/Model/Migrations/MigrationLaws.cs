using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Laws;

namespace VmSupervisor.Model.Migrations;

/// <summary>The invariants of the design that are about two nodes, over QEMUs and journals.</summary>
internal static class MigrationLaws
{
    public static Violation? Judge(MigrationWorld world)
    {
        if (world is { A.Qemu.Running: true, B.Qemu.Running: true })
            return new(Law.NeverTwo, "the guest runs on both nodes");
        if (!world.IsExcused && world.A.Qemu is null && world.B.Qemu is not { Loaded: true })
            return new(Law.NeverNone, "nobody killed it or wanted it down, and no node has the guest");
        foreach (var isA in (bool[])[true, false])
        {
            var side = world.Of(isA);
            if (side.Qemu is null)
                continue;
            if (side.State is CleanedUp or Undefined)
                return new(Law.NotWhileAlive, $"{MigrationMoves.Name(isA)} has {side.State.GetType().Name}, and QEMU of incarnation {side.Qemu.N} is there");
            if (side.State.Current is not { MayLive: true } life || life.Number.Value != side.Qemu.N)
                return new(Law.NothingUnowned, $"QEMU of incarnation {side.Qemu.N} is on {MigrationMoves.Name(isA)}, and its journal knows of none");
        }

        return null;
    }

    public static Violation? JudgeEnd(MigrationWorld world, MigrationBounds bounds)
    {
        foreach (var isA in (bool[])[true, false])
        {
            var side = world.Of(isA);
            var name = MigrationMoves.Name(isA);
            if (world.IsLost && !isA)
                continue;
            if (side.State.Operations.FirstOrDefault() is { } pending)
                return new(Law.OperationsEnd, $"nothing more happens, and {pending.Kind} has not ended on {name}");
            if (side.State is not (CleanedUp or Undefined or Running { Activity: null }))
                return new(Law.WayOut, $"nothing more happens, and the VM on {name} is {side.State.GetType().Name}");
            if (side.State.Moves.Verdicts.Count > 0 || (side.State.Moves.Farewells.Count > 0 && !world.IsLost))
                return new(Law.WayOut, $"nothing more happens, and {name} waits for the other node to hear of a session");
        }

        var runs = (world.A.Qemu is { Running: true } ? 1 : 0) + (world.B.Qemu is { Running: true } ? 1 : 0);
        return world.IsExcused || world.IsTold || runs == (bounds.WasPaused ? 0 : 1)
            ? null
            : new(Law.NeverNone, "nothing more happens, nobody killed the guest or wanted it down, and it does not run");
    }
}
