using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.Contracts;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Support;

/// <summary>Believes what a request says of its caller: <c>Test-Role: operator 104 105</c>.</summary>
internal sealed class StatedAccess : IVmSupervisorAccess
{
    public const string Header = "Test-Role";

    public AccessDecision Decide(HttpContext context)
    {
        var words = context.Request.Headers[Header].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return new AccessDecision.Denied("not allowed: no role is stated") { Unproved = true };
        var vms = words.Length == 1 ? null : words.Skip(1).Select(word => new VmId(int.Parse(word))).ToValueList();
        return new AccessDecision.Allowed(new Identity(new Caller("somebody"), [new Grant(Enum.Parse<Role>(words[0], ignoreCase: true), vms)]));
    }
}
