using System.Text.Json;
using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Contracts.Remoting;

/// <summary>The result of <see cref="RemotingProtocol.Hello"/>.</summary>
/// <param name="Version">The version that is spoken from here on.</param>
/// <param name="Node">The node's name.</param>
/// <param name="Supervisor">The supervisor's version, for people.</param>
/// <param name="Position">The position of the newest event.</param>
/// <param name="Limits">What one connection may do.</param>
public sealed record HelloResult(int Version, string Node, string Supervisor, long Position, RemotingLimits Limits);

/// <summary>What one connection may do.</summary>
/// <param name="MessageBytes">The longest message that is taken, in bytes; a longer one ends the connection.</param>
/// <param name="Requests">How many requests may be pending at once.</param>
/// <param name="Watches">How many watches may be open at once.</param>
/// <param name="Subscriptions">How many subscriptions may be open at once.</param>
/// <param name="EventsBehind">How many events a subscriber that had caught up may fall behind until its subscription ends.</param>
/// <param name="KeepAliveMs">After how many milliseconds of silence the server sends a ping, and how long it waits for the pong.</param>
public sealed record RemotingLimits(long MessageBytes, int Requests, int Watches, int Subscriptions, long EventsBehind, long KeepAliveMs);

/// <summary>The result of <see cref="RemotingProtocol.List"/>.</summary>
/// <param name="Position">What is after this position may not be in the views: subscribe after it to miss nothing.</param>
/// <param name="Vms">Every VM, by id.</param>
public sealed record ListResult(long Position, ValueList<VmView> Vms);

/// <summary>How it stands with a watched VM: the result of <see cref="RemotingProtocol.Watch"/>, and its notification.</summary>
/// <param name="Watch">Which watch.</param>
/// <param name="Vm">The VM.</param>
/// <param name="Presence">Whether it is on this node.</param>
/// <param name="Home">The node it was moved to; null unless it was.</param>
/// <param name="View">The VM as it is shown; null when it is undefined.</param>
public sealed record WatchNews(long Watch, VmId Vm, VmPresence Presence, string? Home, VmView? View);

/// <summary>Whether a VM is on a node.</summary>
[JsonConverter(typeof(EnumJsonConverter<VmPresence>))]
public enum VmPresence
{
    /// <summary>It is defined there.</summary>
    Here,

    /// <summary>It is not defined there.</summary>
    Undefined,

    /// <summary>It was there, and lives on another node now.</summary>
    Moved,
}

/// <summary>The result of <see cref="RemotingProtocol.Subscribe"/>.</summary>
/// <param name="Subscription">Which subscription.</param>
/// <param name="After">The position after which its events begin.</param>
public sealed record SubscribeResult(long Subscription, long After);

/// <summary>The parameters of <see cref="RemotingProtocol.Event"/>.</summary>
/// <param name="Subscription">Whose.</param>
/// <param name="Event">What happened.</param>
public sealed record EventNews(long Subscription, VmEvent Event);

/// <summary>The parameters of <see cref="RemotingProtocol.Lost"/>: the subscription has ended.</summary>
/// <param name="Subscription">Whose.</param>
/// <param name="After">Subscribe after this position to miss nothing.</param>
/// <param name="Reason">Why, a line for a person.</param>
public sealed record LostNews(long Subscription, long After, string Reason);

/// <summary>The result of a request that has nothing to say but that it is done.</summary>
public sealed record Done;

/// <summary>The <c>error</c> of an answer.</summary>
/// <param name="Code">One of <see cref="RemotingErrors"/>.</param>
/// <param name="Message">One line: what was asked, what was found, what to do.</param>
/// <param name="Data">Problem details (<see cref="Http.ProblemDocument"/>), but for few codes.</param>
public sealed record RemotingError(int Code, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Data = null);

/// <summary>The <c>data</c> of <see cref="RemotingErrors.NoCommonVersion"/>.</summary>
/// <param name="Versions">The versions that the server speaks.</param>
public sealed record SupportedVersions(ValueList<int> Versions);
