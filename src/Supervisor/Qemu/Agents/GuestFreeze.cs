namespace VmSupervisor.Qemu.Agents;

/// <summary>Freezes the guest's file systems for a moment, if there is an agent that does; and thaws them whatever happens.</summary>
/// <remarks>
/// A guest without an agent, one whose agent is silent and one that cannot freeze are backed up all the same, as after a
/// power cut. A freeze that was not answered may happen later: that is why a thaw is sent after every freeze, and stays in
/// the channel for an agent that is only slow.
/// </remarks>
/// <param name="socket">The agent's socket; need not exist.</param>
/// <param name="options">How long an agent is waited for.</param>
/// <param name="time">The clock of it.</param>
internal sealed class GuestFreeze(string socket, HypervisorOptions options, TimeProvider time)
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private bool nobodyAnswers;

    /// <summary>Whether all file systems are frozen now.</summary>
    public async Task<bool> FreezeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var agent = await GuestAgent.ConnectAsync(socket, options.AgentDeadline, time);

        // Asked first, so that a silent agent is never sent a freeze that it would obey a day later.
        if (agent is null || !await agent.SynchroniseAsync(options.AgentDeadline))
        {
            nobodyAnswers = true;
            return false;
        }

        return await agent.ExecuteAsync("guest-fsfreeze-freeze", options.FreezeDeadline) is null;
    }

    /// <summary>Lets the guest write again; harmless when it is not frozen.</summary>
    /// <returns>Why it may still be frozen; null when it is not.</returns>
    public async Task<string?> ThawAsync()
    {
        // Nobody was there a moment ago, so nobody was asked to freeze.
        if (nobodyAnswers)
            return null;
        using var agent = await GuestAgent.ConnectAsync(socket, options.AgentDeadline, time);
        if (agent is null)
            return null;
        var answers = await agent.SynchroniseAsync(options.AgentDeadline);
        return await agent.ExecuteAsync("guest-fsfreeze-thaw", answers ? options.FreezeDeadline : Moment) is { } why
            ? $"the guest's file systems may still be frozen: the agent was told to thaw them, and {why}"
            : null;
    }
}
