using Microsoft.AspNetCore.Http;
using VmSupervisor.Contracts;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>Decides who may see and command the VMs. Register your own to let a host's authentication decide.</summary>
public interface IVmSupervisorAccess
{
    /// <summary>Decides about one request, reads included. Must not block.</summary>
    /// <param name="context">The request.</param>
    AccessDecision Decide(HttpContext context);
}

/// <summary>What was decided about a request.</summary>
public abstract record AccessDecision
{
    private AccessDecision() { }

    /// <summary>It may go on.</summary>
    /// <param name="Caller">Who asks, as the journal will name it.</param>
    public sealed record Allowed(Caller Caller) : AccessDecision;

    /// <summary>It is answered with 403.</summary>
    /// <param name="Reason">One line for the person who asked.</param>
    public sealed record Denied(string Reason) : AccessDecision;
}
