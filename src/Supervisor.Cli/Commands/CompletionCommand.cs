using System.CommandLine;

namespace VmSupervisor.Cli.Commands;

internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static Command Create(Runner runner)
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", Shells) };
        shell.AcceptOnlyFromAmong(Shells);
        var command = new VmsupCommand(
            "completion", "Print a script that makes a shell complete commands, options, VMs and states.",
            "vmsup completion bash > /etc/bash_completion.d/vmsup")
        {
            shell,
        };
        runner.SetAction(command, async (session, cancellationToken) =>
        {
            var name = $"completion.{session.Arguments.GetRequiredValue(shell)}";
            await using var stream = typeof(CompletionCommand).Assembly.GetManifestResourceStream(name)
                ?? throw new InvalidOperationException($"{name} is missing from the binary");
            using var reader = new StreamReader(stream);
            await session.Terminal.Out.WriteAsync(await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        });
        return command;
    }
}
