using Spectre.Console;
using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Output;

/// <summary>Shows on the terminal how a VM's state changes while an operation runs. Apart, so that a pipe never loads what draws it.</summary>
internal static class Progress
{
    // What is over sooner is not worth a flicker.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    // Progress is no event: it is asked for, as often as it changes.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

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
                context => FollowAsync(session, vm, command, id, running, context, over)).ConfigureAwait(false);
        }

        await over.CancelAsync().ConfigureAwait(false);
        return await running.ConfigureAwait(false);
    }

    private static async Task FollowAsync(
        Session session, string vm, VmCommand command, OperationId id, Task running, StatusContext context, CancellationTokenSource over)
    {
        var shown = new Shown(command, vm, line => context.Status = line);
        var watching = WatchAsync(session, vm, shown.See, over.Token);
        var measuring = MeasureAsync(session, id, shown.See, over.Token);
        await Task.WhenAny(running).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(watching, measuring).ConfigureAwait(false);
    }

    private static async Task MeasureAsync(Session session, OperationId id, Action<OperationProgress> show, CancellationToken cancellationToken)
    {
        try
        {
            using var turns = new PeriodicTimer(Turn, session.Terminal.Time);
            while (await turns.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                if ((await session.Client.OperationAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false)).Progress is { } progress)
                    show(progress);
            }
        }
        catch (Exception e) when (e is VmsupException or OperationCanceledException)
        {
            // As below.
        }
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

    private static string Line(VmCommand command, VmView? view, string vm, OperationProgress? progress = null) => Markup.Escape(
        (view is null ? $"{command.Kind} {vm}" : $"{command.Kind} {view.Id} ({view.Name}): {view.State}, guest {view.Guest}")
        + (progress is null ? "" : progress.Migration is { } migration ? $", {Words.Bar(progress)} {Words.Percent(progress)} of {ByteSize.Format(progress.Total)}, {Words.Of(migration)}" : $", {Words.Percent(progress)} of {ByteSize.Format(progress.Total)}"));

    /// <summary>What was seen last of both, as one line.</summary>
    private sealed class Shown(VmCommand command, string vm, Action<string> show)
    {
        private readonly Lock gate = new();
        private VmView? view;
        private OperationProgress? progress;

        public void See(VmView seen)
        {
            lock (gate)
                show(Line(command, view = seen, vm, progress));
        }

        public void See(OperationProgress seen)
        {
            lock (gate)
                show(Line(command, view, vm, progress = seen));
        }
    }
}
