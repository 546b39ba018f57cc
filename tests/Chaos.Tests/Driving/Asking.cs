using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>The supervisor's answer: the operation, or why there is none.</summary>
internal sealed record Answer(OperationView? Operation, ProblemKind? Kind, string Detail)
{
    /// <summary>Whether it may have changed something and is bound to end.</summary>
    public bool Acknowledged => Operation is { Status: not OperationStatus.Refused };

    public override string ToString() => Operation is { } o ? $"{o.Status} {o.Problem?.Detail ?? o.Note}".TrimEnd() : $"{Kind}: {Detail}";
}

/// <summary>Clients that ask what the plan says and, when the daemon dies over it, ask again with the same id.</summary>
internal static class Asking
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(Arena arena, string client, IReadOnlyList<PlannedCommand> plan)
    {
        foreach (var planned in plan)
        {
            await Task.Delay(planned.Pause);
            if (planned.Again != Chaos.Tests.Driving.Again.No)
                await RepeatAsync(arena, client, planned);
            else if (planned.Command is { } command)
                await AskAsync(arena, client, planned, command);
            else
                await ShutDownNodeAsync(arena, client);
        }
    }

    /// <summary>Until a daemon answers.</summary>
    public static async Task<Answer> SubmitAsync(Arena arena, int vm, VmCommand command, string operation)
    {
        using var limit = new CancellationTokenSource(Limits.Step * 2);
        while (true)
        {
            await arena.Daemons.UpAsync().WaitAsync(limit.Token);
            try
            {
                return new(await arena.Client.SubmitAsync($"{vm}", command, OperationId.Parse(operation), cancellationToken: limit.Token), null, "");
            }
            catch (VmsupException e) when (e is VmsupUnreachableException or { Kind: ProblemKind.Unavailable })
            {
                arena.Tally.Count("asked again after no answer");
                await Task.Delay(Again, limit.Token);
            }
            catch (VmsupException e)
            {
                return new(e.Operation, e.Kind, e.Message);
            }
        }
    }

    /// <summary>How an operation stands, until a daemon answers.</summary>
    public static async Task<OperationView> OperationAsync(Arena arena, OperationId id, TimeSpan wait)
    {
        using var limit = new CancellationTokenSource(Limits.Step * 3);
        while (true)
        {
            await arena.Daemons.UpAsync().WaitAsync(limit.Token);
            try
            {
                return await arena.Client.OperationAsync(id, wait, limit.Token);
            }
            catch (VmsupUnreachableException)
            {
                await Task.Delay(Again, limit.Token);
            }
        }
    }

    private static async Task AskAsync(Arena arena, string client, PlannedCommand planned, VmCommand command)
    {
        arena.Timeline.Add(client, $"{planned.Operation} {command.Kind} vm {planned.Vm} {Details(command)}");
        arena.Tally.Count($"command {command.Kind}");
        var answer = await SubmitAsync(arena, planned.Vm, command, planned.Operation);
        arena.Timeline.Add(client, $"{planned.Operation} answered {answer}");
        if (answer.Acknowledged)
            arena.Ledger.Note(planned, answer.Operation!);
        else
            arena.Tally.Count("refused");
    }

    private static async Task RepeatAsync(Arena arena, string client, PlannedCommand planned)
    {
        // What was not acknowledged is not known, and would be done now.
        if (arena.Ledger.Find(planned.Operation) is not { Ended: true } known)
            return;
        arena.Tally.Count("ids used again");
        var answer = await SubmitAsync(arena, planned.Vm, planned.Command!, planned.Operation);
        arena.Timeline.Add(client, $"{planned.Operation} asked again ({planned.Again}) answered {answer}");
        if (planned.Again == Chaos.Tests.Driving.Again.Same ? answer.Operation != known : answer.Kind != ProblemKind.Conflict || answer.Acknowledged)
            arena.Violated($"operation {planned.Operation}, asked again ({planned.Again}): {answer}; before: {known}");
    }

    private static async Task ShutDownNodeAsync(Arena arena, string client)
    {
        arena.Timeline.Add(client, "node shutdown");
        arena.Tally.Count("command node shutdown");
        try
        {
            await arena.Client.ShutDownNodeAsync(TimeSpan.FromSeconds(1));
            arena.Timeline.Add(client, "node shutdown has ended");
        }
        catch (VmsupException e)
        {
            arena.Timeline.Add(client, $"node shutdown: {e.Message}");
        }
    }

    private static string Details(VmCommand command) => command switch
    {
        VmCommand.Define define => $"restart {define.Definition.Restart} on-panic {define.Definition.OnPanic}",
        VmCommand.Start or VmCommand.Stop or VmCommand.Undefine or VmCommand.Shutdown or VmCommand.Reboot or VmCommand.Backup or VmCommand.Cancel => command.ToString(),
        _ => "",
    };
}
