using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Hooks;

/// <summary>
/// Runs a phase's hooks at most once per incarnation, whatever happens to the supervisor. None of the calls throws
/// for trouble of a hook or the host.
/// </summary>
internal interface IHookRunner
{
    /// <summary>
    /// Runs the phase, or finds it running or done: a claim in the state directory decides. Returns its outcome;
    /// always within the limit and a short grace, even when a hook cannot be killed. Cancelling gives up waiting;
    /// the hooks go on.
    /// </summary>
    Task<HookOutcome> RunAsync(HookRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the phase: kills it when it runs, or takes the claim itself so that it never begins. Returns the outcome.
    /// </summary>
    Task<HookOutcome> EndAsync(HookRequest request, CancellationToken cancellationToken);

    /// <summary>Forgets what is kept about the phases of an incarnation that has been closed, and of all before it.</summary>
    Task ForgetAsync(VmId vm, Incarnation upTo, CancellationToken cancellationToken);
}

/// <summary>Which phase, and what its hooks are told.</summary>
/// <param name="Vm">The VM.</param>
/// <param name="Name">The VM's name.</param>
/// <param name="Incarnation">The life.</param>
/// <param name="Phase">The phase.</param>
/// <param name="Cause">Why: the cause of the start or of the end, as the view spells it.</param>
/// <param name="Operation">The operation it belongs to; null when nobody asked.</param>
/// <param name="Scripts">The executables, absolute, in order.</param>
/// <param name="Limit">How long the phase may take in all.</param>
internal sealed record HookRequest(
    VmId Vm, string Name, Incarnation Incarnation, HookPhase Phase, string Cause, OperationId? Operation, ValueList<string> Scripts, TimeSpan Limit);
