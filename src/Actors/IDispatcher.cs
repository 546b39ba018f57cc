namespace VmSupervisor.Actors;

/// <summary>
/// Where actors run. Everything a system does (turns of mailboxes, effects, the ends of asks) is an item given to
/// its dispatcher; items may run at the same time and in any order.
/// </summary>
public interface IDispatcher
{
    /// <summary>
    /// Runs tasks on this dispatcher. Work started on it continues on it after every <c>await</c> that does not
    /// say <c>ConfigureAwait(false)</c>.
    /// </summary>
    TaskScheduler Scheduler { get; }

    /// <summary>Runs an item soon, never on the caller's stack. May be called from any thread.</summary>
    void Execute(IThreadPoolWorkItem item);
}
