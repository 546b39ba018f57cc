using System.CommandLine;
using System.Globalization;
using VmSupervisor.Cli.Certificates;
using VmSupervisor.Cli.Output;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

/// <summary><c>vmsup node init-ca</c> and <c>issue</c>: certificates for nodes of people who have no CA of their own. No daemon is asked.</summary>
internal static class NodeCertificateCommands
{
    private const int AuthorityDays = 3650, NodeDays = 365;

    public static VmsupCommand CreateInitCa(Runner runner)
    {
        var directory = Directory();
        var days = Days(AuthorityDays);
        var command = new VmsupCommand(
            "init-ca", "Make the cluster's CA: DIR/ca.pem, which every node gets, and DIR/ca.key, which none needs.", "vmsup node init-ca /root/vmsup-ca")
        {
            directory, days,
        };
        runner.SetAction(command, (session, _) =>
        {
            Write(session, new ClusterAuthority(session.Arguments.GetRequiredValue(directory), session.Terminal.Time).Create(session.Arguments.GetValue(days)));
            return Task.CompletedTask;
        });
        return command;
    }

    public static VmsupCommand CreateIssue(Runner runner)
    {
        var directory = Directory();
        var name = new Argument<string>("NAME") { Description = "The node's name (vmsup.node), or the client's" };
        var hosts = new Option<string[]>("--host") { Description = "A host name or address that the node is reached at; may be given several times", HelpName = "HOST" };
        var days = Days(NodeDays);
        var client = new Option<bool>("--client") { Description = "For a client (vmsup.access, certificate:NAME), which no node takes for another node" };
        var from = new Option<DateTimeOffset?>("--not-before") { Description = "From when it is valid", Hidden = true };
        name.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !IsNodeName(text))
                result.AddError($"NAME: found '{text}', allowed: 1 to 63 letters, digits and . _ -, beginning with a letter or digit, and not ca");
        });
        var command = new VmsupCommand(
            "issue", "Make a node's certificate, or a client's: DIR/NAME.pem and DIR/NAME.key, to be copied to the node together with DIR/ca.pem (vmsup.tls).",
            "vmsup node issue /root/vmsup-ca a --host a.example.net --host 10.0.0.1")
        {
            directory, name, hosts, days, client, from,
        };
        runner.SetAction(command, (session, _) =>
        {
            var parsed = session.Arguments;
            var authority = new ClusterAuthority(parsed.GetRequiredValue(directory), session.Terminal.Time);
            Write(session, authority.Issue(parsed.GetRequiredValue(name), parsed.GetValue(client), parsed.GetValue(hosts) ?? [], parsed.GetValue(from), parsed.GetValue(days)));
            return Task.CompletedTask;
        });
        return command;
    }

    private static Argument<string> Directory() => new("DIR") { Description = "The CA's directory; keep it away from the nodes" };

    private static Option<int> Days(int normally)
    {
        var days = new Option<int>("--days") { Description = $"For how long it is valid, {normally} unless told", HelpName = "N", DefaultValueFactory = _ => normally };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var found and not (>= 1 and <= 36500))
                result.AddError($"--days: found '{found}', allowed: 1 to 36500");
        });
        return days;
    }

    // As the daemon's; "ca" is the name of other files.
    private static bool IsNodeName(string text) =>
        text.Length is >= 1 and <= 63 && text != KeyFiles.Authority && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static void Write(Session session, CertificateView view)
    {
        if (session.IsJson)
        {
            session.WriteJson(view);
            return;
        }

        var block = new Block();
        block.Add("name", view.Name);
        block.Add("certificate", view.Certificate);
        block.Add("key", $"{view.Key} (mode 0600)");
        block.Add("valid", $"{Day(view.NotBefore)} to {Day(view.NotAfter)}");
        block.Add("for", string.Join(", ", view.Names));
        block.Write(session.Terminal);
    }

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
