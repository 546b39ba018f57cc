using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>Who may do what: every way into the supervisor asks here, for each request or message.</summary>
internal interface IAccess
{
    /// <summary>Why somebody may not use an address; null when they may.</summary>
    /// <param name="who">Who asks.</param>
    /// <param name="method">The HTTP method: <c>GET</c>.</param>
    /// <param name="pattern">The address as it is mapped: <c>/v1/vms/{vm}/history</c>.</param>
    /// <param name="vm">The VM that is named, by number or name, whether or not there is one; null when none is.</param>
    string? WhyNot(Identity who, string method, string pattern, string? vm = null);

    /// <summary>Why somebody may not give a command, its paths included; null when they may.</summary>
    string? WhyNot(Identity who, VmId vm, VmCommand command);

    /// <summary>
    /// Writes a refusal into the log and into the history of the VM, or of the node when it is about none that is known.
    /// Never waits and never fails: who is refused is not to notice.
    /// </summary>
    /// <param name="who">Who was refused.</param>
    /// <param name="vm">The VM that was named; null when none was.</param>
    /// <param name="what">What was asked, without secrets.</param>
    /// <param name="why">Why it was refused.</param>
    void NoteRefusal(Identity who, string? vm, string what, string why);

    /// <summary>The same of somebody of whom nobody knows who it is, or whom nothing was granted.</summary>
    void NoteRefusal(AccessDecision.Denied denied, string? vm, string what);

    /// <summary>Writes down a change that is no event of a VM, in the history of the VM or of the node. Never fails.</summary>
    /// <param name="who">Who made it.</param>
    /// <param name="vm">The VM; null for the node.</param>
    /// <param name="type">What kind of change: <c>token-created</c>.</param>
    /// <param name="what">What was changed, without secrets.</param>
    Task NoteChangeAsync(Identity who, VmId? vm, string type, string what);
}
