using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Http;

namespace VmSupervisor.Consoles;

/// <summary>The other end of an attachment. Both calls return when the client has taken it, however long that takes.</summary>
internal interface IConsoleClient
{
    Task SendAsync(ReadOnlyMemory<byte> output, CancellationToken cancellationToken);

    Task TellAsync(ConsoleNews news, CancellationToken cancellationToken);
}

/// <summary>What somebody wants who attaches.</summary>
/// <param name="Access">To read or to write.</param>
/// <param name="History">How many bytes of what was printed before, at most.</param>
/// <param name="Follow">Whether to go on with the next incarnations.</param>
internal sealed record ConsoleWish(ConsoleAccess Access, long History, bool Follow)
{
    /// <summary>Where somebody goes on who was here before, and in which life; null for a new one.</summary>
    public (Incarnation Incarnation, LogPlace Place)? After { get; init; }
}
