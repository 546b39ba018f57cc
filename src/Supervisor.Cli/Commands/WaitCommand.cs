using System.CommandLine;
using VmSupervisor.Contracts.Http;

namespace VmSupervisor.Cli.Commands;

internal static class WaitCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly string[] States = [.. Api.States, Api.Undefined];

    public static Command Create(Runner runner)
    {
        var vm = Arguments.Vm();
        var state = new Argument<string>("STATE")
        {
            Description = string.Join(", ", States),
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                var known = States.FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
                if (known is null)
                    result.AddError($"STATE: found '{text}', allowed: {string.Join(", ", States)}");
                return known;
            },
        };
        var timeout = Arguments.Time("--timeout", "How long to wait until it has failed (exit code 6); 30s unless told");
        var command = new VmsupCommand("wait", "Wait until a VM is in a state.", "vmsup wait web-1 cleanedup --timeout 2m")
        {
            vm, state, timeout,
        };
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var parsed = session.Arguments;
            var view = await session.Client.WaitForStateAsync(
                parsed.GetRequiredValue(vm), parsed.GetRequiredValue(state), parsed.GetValue(timeout) ?? DefaultTimeout,
                cancellationToken).ConfigureAwait(false);
            if (session.IsJson)
                session.WriteJson(view);
            else
                session.Terminal.Out.WriteLine($"vm {view?.Id.ToString() ?? parsed.GetRequiredValue(vm)}: {view?.State ?? Api.Undefined}");
        });
        return command;
    }
}
