using Spectre.Console;
using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Output;

/// <summary>Shows on the terminal how a VM's state changes while an operation runs. Apart, so that a pipe never loads what draws it.</summary>
internal static class Progress
{
    // What is over sooner is not worth a flicker.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    public static async Task<OperationView> ShowAsync(
        Session session, string vm, VmCommand command, OperationId id, CancellationToken cancellationToken)
    {
        var running = session.Client.RunAsync(vm, command, id, cancellationToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(running, Task.Delay(Patience, session.Terminal.Time, over.Token)).ConfigureAwait(false);
        if (!running.IsCompleted)
        {
            await Create(session.Terminal).Status().StartAsync(
                Line(command, null, vm),
                context => FollowAsync(session, vm, command, running, context, over)).ConfigureAwait(false);
        }

        await over.CancelAsync().ConfigureAwait(false);
        return await running.ConfigureAwait(false);
    }

    private static async Task FollowAsync(
        Session session, string vm, VmCommand command, Task running, StatusContext context, CancellationTokenSource over)
    {
        var watching = WatchAsync(session, vm, view => context.Status = Line(command, view, vm), over.Token);
        await Task.WhenAny(running).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
    }

    private static async Task WatchAsync(Session session, string vm, Action<VmView> show, CancellationToken cancellationToken)
    {
        try
        {
            var view = await session.Client.ShowAsync(vm, cancellationToken).ConfigureAwait(false);
            show(view);
            await foreach (var change in session.Client.EventsAsync(null, cancellationToken).ConfigureAwait(false))
            {
                if (change.Vm == view.Id)
                    show(await session.Client.ShowAsync(vm, cancellationToken).ConfigureAwait(false));
            }
        }
        catch (Exception e) when (e is VmsupException or OperationCanceledException)
        {
            // Only the watching ends: whether the operation goes well is told by its own answer.
        }
    }

    private static IAnsiConsole Create(Terminal terminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new DiagnosticsOutput(terminal),
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
    });

    private static string Line(VmCommand command, VmView? view, string vm) => Markup.Escape(view is null
        ? $"{command.Kind} {vm}"
        : $"{command.Kind} {view.Id} ({view.Name}): {view.State}, guest {view.Guest}");
}
