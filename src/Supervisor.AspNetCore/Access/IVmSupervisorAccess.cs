using Microsoft.AspNetCore.Http;
using VmSupervisor.Contracts;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>Decides who asks. Register your own to let a host's authentication decide.</summary>
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

    /// <summary>It may go on, as far as the caller's role goes.</summary>
    /// <param name="Identity">Who asks.</param>
    public sealed record Allowed(Identity Identity) : AccessDecision
    {
        /// <summary>Who asks, as the journal will name it.</summary>
        public Caller Caller => Identity.Caller;
    }

    /// <summary>It is answered with 403, or with 401 when nobody knows who asks.</summary>
    /// <param name="Reason">One line for the person who asked.</param>
    public sealed record Denied(string Reason) : AccessDecision
    {
        /// <summary>Who asked, as far as is known, and from where; null when nothing is known.</summary>
        public string? By { get; init; }

        /// <summary>What requests are counted by; null to count them together with all that nothing is known of.</summary>
        public string? Key { get; init; }

        /// <summary>Whether proving who one is would help (401).</summary>
        public bool Unproved { get; init; }
    }
}
