using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Views;

/// <summary>Another node, as this one sees it. The field names are fixed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is dialed.</param>
/// <param name="State">Whether this node has a connection with it.</param>
/// <param name="Since">Since when it has, or has not.</param>
/// <param name="Version">Its version; null while it is not there.</param>
/// <param name="Run">Which run of its daemon, another one after every start; null while it is not there.</param>
/// <param name="RoundTripMs">Of the last message that measured it, in milliseconds; null before the first.</param>
/// <param name="AcceptedSince">Since when it has a connection with this node; null when it has none.</param>
/// <param name="LastError">What went wrong last with the connection; null for nothing yet.</param>
/// <param name="LastErrorAt">When.</param>
public sealed record PeerView(
    string Name,
    string Address,
    PeerState State,
    DateTimeOffset Since,
    string? Version,
    string? Run,
    double? RoundTripMs,
    DateTimeOffset? AcceptedSince,
    string? LastError,
    DateTimeOffset? LastErrorAt);

/// <summary>Whether a node is connected with another.</summary>
[JsonConverter(typeof(EnumJsonConverter<PeerState>))]
public enum PeerState
{
    /// <summary>Messages can be sent.</summary>
    Connected,

    /// <summary>It is tried again and again.</summary>
    Disconnected,
}

/// <summary>A peer has answered.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is dialed.</param>
/// <param name="Run">Which run of its daemon.</param>
/// <param name="RoundTripMs">How long that took, in milliseconds.</param>
public sealed record PingView(string Name, string Address, string Run, double RoundTripMs);

/// <summary>What came of several pings.</summary>
/// <param name="Name">Whom.</param>
/// <param name="Sent">How many were sent.</param>
/// <param name="Received">How many were answered.</param>
/// <param name="RoundTripsMs">How long each answered one took, in milliseconds.</param>
public sealed record PingSummary(string Name, int Sent, int Received, ValueList<double> RoundTripsMs);

/// <summary>A certificate that was made. The private key is beside it.</summary>
/// <param name="Name">Whose: the node, or the CA.</param>
/// <param name="Certificate">The file.</param>
/// <param name="Key">The file of its private key.</param>
/// <param name="NotBefore">From when it is valid.</param>
/// <param name="NotAfter">Up to when.</param>
/// <param name="Names">The names and addresses it is valid for; empty for a CA.</param>
public sealed record CertificateView(
    string Name, string Certificate, string Key, DateTimeOffset NotBefore, DateTimeOffset NotAfter, ValueList<string> Names);
