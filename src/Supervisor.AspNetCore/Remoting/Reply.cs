using System.Text.Json;
using VmSupervisor.Contracts.Remoting;

namespace VmSupervisor.AspNetCore.Remoting;

/// <summary>The result of a request.</summary>
/// <param name="Message">Makes the answer to a request's id.</param>
/// <param name="Then">Called when the answer is on its way: what must come behind it may begin. Null for nothing.</param>
internal sealed record Reply(Func<JsonElement, byte[]> Message, Action? Then = null)
{
    public static Reply Of<T>(T result, Action? then = null) => new(id => RemotingMessage.Result(id, result), then);
}
