using System.Text.Json;
using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Remoting;

/// <summary>The parameters of <see cref="RemotingProtocol.Hello"/>.</summary>
/// <param name="Versions">The versions that the client speaks.</param>
/// <param name="Client">What it is, for the log, such as <c>shop/2.1</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HelloRequest([property: JsonRequired] ValueList<int> Versions, string? Client = null);

/// <summary>The parameters of <see cref="RemotingProtocol.Ask"/>.</summary>
/// <param name="Vm">The VM; for <c>define</c> the number in the definition.</param>
/// <param name="Command">The command: <c>kind</c> and its own fields, see <see cref="CommandJson"/>.</param>
/// <param name="Operation">A name for this request, so that asking again does nothing twice; the node makes one unless told.</param>
/// <param name="DeadlineMs">For how many milliseconds an answer is of use; null for as long as it takes.</param>
/// <param name="Wait">When to answer.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AskRequest(
    [property: JsonRequired] VmReference Vm, [property: JsonRequired] JsonElement Command, OperationId? Operation = null, long? DeadlineMs = null,
    WaitFor Wait = WaitFor.Accepted);

/// <summary>The parameters of <see cref="RemotingProtocol.Tell"/>.</summary>
/// <param name="Vm">The VM; for <c>define</c> the number in the definition.</param>
/// <param name="Command">The command: <c>kind</c> and its own fields.</param>
/// <param name="Operation">A name for this request, by which what became of it can be found.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TellRequest(
    [property: JsonRequired] VmReference Vm, [property: JsonRequired] JsonElement Command, [property: JsonRequired] OperationId Operation);

/// <summary>The parameters of <see cref="RemotingProtocol.Cancel"/>.</summary>
/// <param name="Request">The <c>id</c> of the pending request.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CancelRequest([property: JsonRequired] JsonElement Request);

/// <summary>The parameters of <see cref="RemotingProtocol.Vm"/> and <see cref="RemotingProtocol.Watch"/>.</summary>
/// <param name="Vm">The VM.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record VmRequest([property: JsonRequired] VmReference Vm);

/// <summary>The parameters of <see cref="RemotingProtocol.List"/>: none.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ListRequest;

/// <summary>The parameters of <see cref="RemotingProtocol.Operation"/>.</summary>
/// <param name="Operation">Which.</param>
/// <param name="DeadlineMs">For how many milliseconds an answer is of use; null for as long as it takes.</param>
/// <param name="Wait">Whether to answer when it has ended.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OperationRequest(
    [property: JsonRequired] OperationId Operation, long? DeadlineMs = null, WaitFor Wait = WaitFor.Accepted);

/// <summary>The parameters of <see cref="RemotingProtocol.Unwatch"/>.</summary>
/// <param name="Watch">The number that <c>watch</c> was answered with.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UnwatchRequest([property: JsonRequired] long Watch);

/// <summary>The parameters of <see cref="RemotingProtocol.Subscribe"/>.</summary>
/// <param name="After">The position after which to begin; null for from now on.</param>
/// <param name="Vm">Only what happens to this VM; null for all.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SubscribeRequest(long? After = null, VmId? Vm = null);

/// <summary>The parameters of <see cref="RemotingProtocol.Unsubscribe"/>.</summary>
/// <param name="Subscription">The number that <c>subscribe</c> was answered with.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UnsubscribeRequest([property: JsonRequired] long Subscription);

/// <summary>When a request is answered.</summary>
[JsonConverter(typeof(EnumJsonConverter<WaitFor>))]
public enum WaitFor
{
    /// <summary>When the operation is accepted: it is durable and will end. If it is known by then, with its end.</summary>
    Accepted,

    /// <summary>When the operation has ended.</summary>
    Ended,
}
