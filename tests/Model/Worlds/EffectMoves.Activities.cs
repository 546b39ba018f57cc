using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Worlds;

/// <summary>Backups and memory that is written to a file. Both leave files, which outlive processes, supervisors and boots.</summary>
internal sealed partial class EffectMoves
{
    /// <summary>All jobs or none; as a fault none, with files left behind.</summary>
    private void BeginBackup(Place at, Slot slot, Effect.BeginBackup begin, Successors<World> next)
    {
        var (world, n) = (at.World, begin.Incarnation);
        var failed = slot with { Report = new Observation.BackupEnded(n, begin.Operation, 0, "failed") };
        if (!Answers(world, n))
        {
            next.Add(new("the backup cannot begin"), at.With(failed));
            return;
        }

        var begun = Host.CreateFile(world, n.Value, new Step.PartialBackup(begin.Operation, begin.Files));
        var paused = begin.Pause ? Host.Change(begun, n.Value, GuestState.Paused) : begun;
        next.Add(new("the backup of {0} begins", n), at.With(paused, slot with { Report = new Observation.BackupBegan(n, begin.Operation, false) }));
        if (May(world, Fault.MonitorFails))
            next.Add(new("the backup begins, and is not answered"), Spend(at.With(paused, failed)));
    }

    /// <summary>The copies are good and the client's, or the job or its QEMU failed.</summary>
    private void FollowBackup(Place at, Slot slot, Effect.FollowBackup follow, Successors<World> next)
    {
        var (world, n) = (at.World, follow.Incarnation);
        if (Answers(world, n))
        {
            next.Add(new("the backup of {0} is done", n),
                at.With(Host.RemoveFile(world, n.Value, new Step.PartialBackup(follow.Operation, follow.Files)), slot with { Report = new Observation.BackupEnded(n, follow.Operation, 1, null) }));
        }

        if (!Answers(world, n) || May(world, Fault.MonitorFails))
        {
            var failed = at.With(slot with { Report = new Observation.BackupEnded(n, follow.Operation, 0, "failed") });
            next.Add(new("the backup of {0} fails", n), Answers(world, n) ? Spend(failed) : failed);
        }
    }

    private void UndoBackup(Place at, Slot slot, Effect.UndoBackup undo, Successors<World> next)
    {
        var world = Host.RemoveFile(at.World, undo.Incarnation.Value, new Step.PartialBackup(undo.Operation, undo.Files));
        ThenContinue(at, world, slot, undo.ThenContinue, "the backup", failure => new Observation.BackupUndone(undo.Incarnation, undo.Operation, failure), next);
    }

    /// <summary>Stage 1: the CPUs are stopped, and the file is being written.</summary>
    private void SaveMemory(Place at, Slot slot, Effect.SaveMemory save, Successors<World> next)
    {
        var (world, n) = (at.World, save.Incarnation);
        var failed = at.With(slot with { Report = new Observation.SaveFailed(n, save.Operation, "failed") });
        if (!Answers(world, n) || world.Processes.Any(p => p.N == n.Value && p.Guest is GuestState.Shutdown or GuestState.Panicked))
        {
            next.Add(new("the memory of {0} cannot be written", n), failed);
            return;
        }

        if (slot.Stage == 0)
        {
            var file = Host.CreateFile(world, n.Value, new Step.SavedMemory(n, true));
            next.Add(new("the memory of {0} is being written", n), at.With(Host.Change(file, n.Value, GuestState.Paused), slot with { Stage = 1 }));
        }
        else
        {
            next.Add(new("the memory of {0} is written", n), at.With(slot with { Report = new Observation.MemorySaved(n, save.Operation, 1) }));
        }

        if (May(world, Fault.MonitorFails))
            next.Add(new("the memory of {0} cannot be written", n), Spend(failed));
    }

    private void UndoSave(Place at, Slot slot, Effect.UndoSave undo, Successors<World> next)
    {
        var world = Host.RemoveFile(at.World, undo.Incarnation.Value, new Step.SavedMemory(undo.Incarnation, true));
        ThenContinue(at, world, slot, undo.ThenContinue, "the suspension", failure => new Observation.SaveUndone(undo.Incarnation, undo.Operation, failure), next);
    }

    private void ThenContinue(Place at, World world, Slot slot, bool wanted, string what, Func<string?, Observation> report, Successors<World> next)
    {
        var n = slot.Effect.Incarnation;
        var paused = world.Processes.Any(p => p.N == n.Value && p.Guest == GuestState.Paused);
        if (!wanted || Answers(world, n))
            next.Add(new("{0} is undone", what), at.With(wanted && paused ? Host.Change(world, n.Value, GuestState.Running) : world, slot with { Report = report(null) }));
        else
            next.Add(new("{0} is undone, and its guest cannot be continued", what), at.With(world, slot with { Report = report("failed") }));
        if (wanted && Answers(world, n) && May(world, Fault.MonitorFails))
            next.Add(new("{0} is undone, and its guest cannot be continued", what), Spend(at.With(world, slot with { Report = report("failed") })));
    }

    private static bool Answers(World world, Incarnation n) => world.Processes.Any(p => p.N == n.Value && p.Answers);
}
