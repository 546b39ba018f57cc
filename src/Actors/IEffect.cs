namespace VmSupervisor.Actors;

/// <summary>Work in the world that an actor has begun.</summary>
public interface IEffect
{
    /// <summary>
    /// Cancels the token the work was given. The outcome still comes as a message: that of a work that heeded it is
    /// the failure message for an <see cref="OperationCanceledException"/>.
    /// </summary>
    void Cancel();
}
