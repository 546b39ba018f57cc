using Microsoft.Extensions.Options;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Vms;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>Applies the table of roles.</summary>
internal sealed class AccessJudge(IVmSupervisor supervisor, RefusalNotes notes, IOptions<VmSupervisorHttpOptions> options) : IAccess
{
    private readonly VmSupervisorAccessOptions _settings = options.Value.Access;
    private readonly CommandGuard _guard = new(options.Value.Access);

    public string? WhyNot(Identity who, string method, string pattern, string? vm = null) =>
        WhyNot(who, RoleTable.Of(method, pattern), $"{method} {pattern}", vm);

    public string? WhyNot(Identity who, VmId vm, VmCommand command)
    {
        if (WhyNot(who, RoleTable.Of(command), command.Kind, vm.ToString()) is { } why)
            return why;
        return who.Grants.Any(grant => grant.Role == Role.Admin && grant.Covers(vm)) ? null : _guard.WhyNot(command, supervisor.FindDefinition(vm));
    }

    public void NoteRefusal(Identity who, string? vm, string what, string why) => notes.Add(who.Caller.Name, who.Key, vm, what, why);

    public void NoteRefusal(AccessDecision.Denied denied, string? vm, string what) =>
        notes.Add(denied.By ?? "somebody unknown", denied.Key ?? "", vm, what, denied.Reason);

    public Task NoteChangeAsync(Identity who, VmId? vm, string type, string what) => notes.AddChangeAsync(vm, who.Caller.Name, type, what);

    private string? WhyNot(Identity who, Need? need, string what, string? vm)
    {
        if (need is null)
            return $"not allowed: no role is set for {what}, so nobody may";
        if (need.Reach == Reach.Open)
            return null;
        var role = need.IsDefinition && _settings.OperatorsDefine ? Role.Operator : need.Role;
        var strong = who.Grants.Where(grant => grant.Role >= role).ToArray();
        return need.Reach switch
        {
            Reach.Vm => WhyNotWith(who, strong, role, vm),
            Reach.Node when strong.Length > 0 && strong.All(grant => grant.Vms is not null) =>
                "not allowed: it is about the whole node, and you may act on some VMs only",
            _ => strong.Length > 0 ? null : TooWeak(who, role),
        };
    }

    private string? WhyNotWith(Identity who, Grant[] strong, Role role, string? vm)
    {
        if (strong.Any(grant => grant.Vms is null))
            return null;
        VmId? id = vm is null ? null : supervisor.Find(vm)?.Id ?? (VmId.TryParse(vm, out var number) ? number : null);

        // The same words whether or not there is such a VM: who may not see it does not learn that either.
        if (!who.SeesAll && !(id is { } known && who.Sees(known)))
            return $"not allowed: vm {vm} is none of those that you may act on";
        return id is { } one && strong.Any(grant => grant.Covers(one)) ? null : TooWeak(who, role);
    }

    private static string TooWeak(Identity who, Role role)
    {
        var has = who.Grants.Count == 0 ? "none" : EnumNames<Role>.Of(who.Grants.Max(grant => grant.Role));
        return $"not allowed: it needs the role {EnumNames<Role>.Of(role)}, yours is {has}";
    }
}
