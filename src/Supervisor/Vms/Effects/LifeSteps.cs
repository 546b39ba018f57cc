using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Resources;

namespace VmSupervisor.Vms.Effects;

/// <summary>
/// What a life acquires and gives back: most of it are the host's resources; a guest's memory and the files of a backup
/// have ports of their own.
/// </summary>
internal sealed class LifeSteps(World world)
{
    /// <summary>Acquires one step.</summary>
    /// <exception cref="ResourceException">It cannot be had.</exception>
    public async Task<Grant> AcquireAsync(ProcessKey key, Life life, Step step, CancellationToken token)
    {
        switch (step)
        {
            // What is not wanted goes before anything else happens; what is gone on from must fit its images.
            case Step.SavedMemory { Discard: true } memory:
                world.Memories.Remove(key.Vm, memory.Of);
                return new Grant.Nothing();
            case Step.SavedMemory memory:
                world.Memories.Check(key.Vm, memory.Of, life.Plan.OfType<Step.Volume>());
                return new Grant.Nothing();
            case Step.SessionImage image:
                if (await world.Images.CreateAsync(image.Session, new NewImage(image.Path, image.Format, image.Size), token) is FileResult.Failed failed)
                    throw new ResourceException(failed.Reason);
                return new Grant.Nothing();
            default:
                return await world.Resources.AcquireAsync(key, step, token);
        }
    }

    /// <summary>One pass over steps. One that fails does not stop the others; returns those that did.</summary>
    public async Task<ValueList<StepFailure>> ReleaseAsync(ProcessKey key, Life life, IEnumerable<Step> steps, CancellationToken token)
    {
        var failures = new List<StepFailure>();

        // While the volumes are still as the guest left them.
        if (life.Saved is not null)
            await TryAsync(new Step.SavedMemory(life.Number, Discard: false), Note);
        foreach (var step in steps)
            await TryAsync(step, () => ReleaseAsync(key, life, step, token));
        return failures.ToValueList();

        async Task TryAsync(Step step, Func<Task> attempt)
        {
            try
            {
                await attempt();
            }
            catch (ResourceException e)
            {
                failures.Add(new StepFailure(step.Name, e.Message));
            }
        }

        Task Note()
        {
            world.Memories.Note(key.Vm, life.Number, life.Plan.OfType<Step.Volume>());
            return Task.CompletedTask;
        }
    }

    private Task ReleaseAsync(ProcessKey key, Life life, Step step, CancellationToken token)
    {
        switch (step)
        {
            case Step.SavedMemory memory:
                world.Memories.Remove(key.Vm, memory.Of);
                return Task.CompletedTask;
            case Step.PartialBackup partial:
                world.Backups.RemovePartial(BackupRequests.Of(partial.Operation, partial.Files));
                return Task.CompletedTask;
            case Step.SessionImage image:
                return DoneAsync(life.Incoming is { Committed: true, Returns: false }
                    ? world.Images.KeepAsync(image.Session, image.Path, token)
                    : world.Images.RemoveAsync(image.Session, image.Path, token));
            case Step.MovedImages moved:
                return RemoveAsync(moved, token);
            default:
                return world.Resources.ReleaseAsync(key, step, token);
        }
    }

    private async Task RemoveAsync(Step.MovedImages moved, CancellationToken token)
    {
        foreach (var path in moved.Paths)
            await DoneAsync(world.Images.RemoveMovedAsync(path, token));
    }

    private static async Task DoneAsync(Task<FileResult> attempt)
    {
        if (await attempt is FileResult.Failed failed)
            throw new ResourceException(failed.Reason);
    }
}
