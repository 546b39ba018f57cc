using System.CommandLine;
using VmSupervisor.Cli.Output;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Commands;

/// <summary><c>vmsup token create</c>, <c>list</c> and <c>revoke</c>.</summary>
internal static class TokenCommand
{
    public static Command Create(Runner runner)
    {
        var command = new VmsupCommand(
            "token", "Make, list or revoke the tokens by which programs on other machines use this node (vmsup.http.listen).", "vmsup token list");
        command.Add(CreateCreate(runner));
        command.Add(CreateList(runner));
        command.Add(CreateRevoke(runner));
        return command;
    }

    private static VmsupCommand CreateCreate(Runner runner)
    {
        var name = new Argument<string>("NAME") { Description = "What to call it; the history names it" };
        var role = new Option<string>("--role") { Description = "What its bearer may do: viewer, operator or admin", HelpName = "ROLE", Required = true };
        var expires = Arguments.Time("--expires", "How long it is good, 90d unless told; at most 3650d");
        var vms = new Option<string[]>("--vm") { Description = "Only with this VM (number or name); may be given several times", HelpName = "ID" };
        role.CompletionSources.Add([.. EnumNames<Role>.All]);
        role.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var found }] && !EnumNames<Role>.TryParse(found, out _))
                result.AddError($"--role: found '{found}', allowed: {string.Join(", ", EnumNames<Role>.All)}");
        });
        var command = new VmsupCommand(
            "create", "Make a token and print it, this once: only a hash of it is kept.", "vmsup token create web-tier --role operator --expires 30d --vm web-1")
        {
            name, role, expires, vms,
        };
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var parsed = session.Arguments;
            EnumNames<Role>.TryParse(parsed.GetRequiredValue(role), out var wanted);
            var only = parsed.GetValue(vms) is { Length: > 0 } named ? await NumbersAsync(session, named, cancellationToken).ConfigureAwait(false) : null;
            var made = await session.Client.CreateTokenAsync(
                new TokenRequest(parsed.GetRequiredValue(name), wanted, parsed.GetValue(expires), only), cancellationToken).ConfigureAwait(false);
            if (session.IsJson)
            {
                session.WriteJson(made);
                return;
            }

            // The secret alone goes where a script takes it from.
            session.Terminal.Error.WriteLine(
                $"token {made.Token.Name}: {Describe(made.Token)}, until {Words.Time(made.Token.ExpiresAt, session.Terminal.Time)}; it is not shown again");
            session.Terminal.Out.WriteLine(made.Secret);
        });
        return command;
    }

    private static VmsupCommand CreateList(Runner runner)
    {
        var command = new VmsupCommand("list", "List the tokens, without their secrets.", "vmsup token list");
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var tokens = await session.Client.TokensAsync(cancellationToken).ConfigureAwait(false);
            if (session.IsJson)
            {
                session.WriteJson(tokens);
                return;
            }

            if (tokens.Count == 0)
            {
                session.Terminal.Error.WriteLine("there are no tokens");
                return;
            }

            var table = new Table("NAME", "ROLE", "VMS", "EXPIRES", "CREATED", "BY", "ID");
            foreach (var token in tokens)
            {
                table.Add(
                    token.Name, EnumNames<Role>.Of(token.Role), token.Vms is null ? "all" : string.Join(' ', token.Vms),
                    new Cell(token.Expired ? "expired" : Words.Time(token.ExpiresAt, session.Terminal.Time), token.Expired ? Tone.Bad : Tone.Plain),
                    Words.Time(token.CreatedAt, session.Terminal.Time), token.CreatedBy, token.Id);
            }

            table.Write(session.Terminal);
        });
        return command;
    }

    private static VmsupCommand CreateRevoke(Runner runner)
    {
        var name = new Argument<string>("NAME") { Description = "The token's name or id" };
        var command = new VmsupCommand("revoke", "Make a token worthless at once; what its bearer has open is ended.", "vmsup token revoke web-tier") { name };
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var revoked = await session.Client.RevokeTokenAsync(session.Arguments.GetRequiredValue(name), cancellationToken).ConfigureAwait(false);
            if (session.IsJson)
                session.WriteJson(revoked);
            else
                session.Terminal.Out.WriteLine($"token {revoked.Name} ({Describe(revoked)}) is revoked");
        });
        return command;
    }

    private static async Task<ValueList<VmId>> NumbersAsync(Session session, string[] named, CancellationToken cancellationToken)
    {
        var numbers = new List<VmId>();
        foreach (var one in named)
            numbers.Add(VmId.TryParse(one, out var id) ? id : (await session.Client.ShowAsync(one, cancellationToken).ConfigureAwait(false)).Id);
        return numbers.Distinct().ToValueList();
    }

    private static string Describe(TokenView token) =>
        EnumNames<Role>.Of(token.Role) + (token.Vms is { } vms ? $" of vm {string.Join(", ", vms)} only" : "");
}
