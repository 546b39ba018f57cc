using System.Globalization;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.Contracts;
using VmSupervisor.Hocon;
using VmSupervisor.Linux;

namespace VmSupervisor.Daemon.Configuration;

/// <summary><c>vmsup.access</c></summary>
internal static class AccessSection
{
    private const string Allowed = "allowed are \"user:NAME\", \"group:NAME\" (or their numbers) and \"certificate:NAME\"";

    public static AccessOptions Read(HoconReader vmsup)
    {
        var access = Checked.Section(vmsup, "access", "viewers", "operators", "admins", "limits", "roots", "bridges", "operators-define");
        var named = new List<(string Text, Principal Who, Role Role)>();
        foreach (var (key, role) in ((string, Role)[])[("viewers", Role.Viewer), ("operators", Role.Operator), ("admins", Role.Admin)])
        {
            foreach (var text in access.Strings(key) ?? [])
            {
                if (PrincipalOf(access, key, text) is { } who)
                    named.Add((text, who, role));
            }
        }

        var limits = Limits(access, [.. named.Select(one => one.Text)]);
        return new AccessOptions(
            [.. named.Select(one => new AccessRule(one.Who, new Grant(one.Role, limits.GetValueOrDefault(one.Text))))],
            Roots(access), (access.Strings("bridges") ?? []).ToValueList(), access.Boolean("operators-define") ?? false);
    }

    private static ValueList<string> Roots(HoconReader access)
    {
        var roots = access.Strings("roots") ?? [];
        foreach (var root in roots.Where(root => !root.StartsWith('/') || root.Contains('\0') || root.Split('/').Any(part => part is "." or "..")))
            access.Fault("roots", $"found \"{root}\"; allowed are absolute paths of directories");
        return roots.ToValueList();
    }

    private static Dictionary<string, ValueList<VmId>> Limits(HoconReader access, IReadOnlyCollection<string> named)
    {
        var limits = new Dictionary<string, ValueList<VmId>>();
        if (access.Object("limits") is not { } section)
            return limits;
        foreach (var field in section.Value.Fields)
        {
            if (!named.Contains(field.Key))
                section.Fault(field.Key, $"found a limit of \"{field.Key}\", who has no role; allowed are those in viewers, operators and admins");
            var vms = new List<VmId>();
            foreach (var text in section.Strings(field.Key) ?? [])
            {
                if (VmId.TryParse(text, out var vm))
                    vms.Add(vm);
                else
                    section.Fault(field.Key, $"found \"{text}\"; allowed are numbers of VMs, 1 to {VmId.MaxValue}");
            }

            limits[field.Key] = vms.ToValueList();
        }

        return limits;
    }

    private static Principal? PrincipalOf(HoconReader access, string key, string text)
    {
        switch (text.Split(':', 2))
        {
            case ["user", { Length: > 0 } name]:
                if ((Number(name) ?? Accounts.UserId(name)) is { } user)
                    return new Principal.User(user);
                access.Fault(key, $"found \"{text}\", which is no user of this host");
                return null;
            case ["group", { Length: > 0 } name]:
                if ((Number(name) ?? Accounts.GroupId(name)) is { } group)
                    return new Principal.Group(group);
                access.Fault(key, $"found \"{text}\", which is no group of this host");
                return null;
            case ["certificate", { Length: > 0 } name]:
                return new Principal.Certificate(name);
            default:
                access.Fault(key, $"found \"{text}\"; {Allowed}");
                return null;
        }
    }

    private static uint? Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
