using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Definitions;

/// <summary>A port of the host that leads to one of the guest.</summary>
public sealed record PortForward
{
    /// <summary>Whoever is on this host, and nobody else.</summary>
    public const string DefaultAddress = "127.0.0.1";

    /// <summary>What it carries.</summary>
    public ForwardProtocol Protocol { get; init; }

    /// <summary>The address of the host that it listens on, IPv4 (QEMU 7.2 forwards no other); <c>0.0.0.0</c> for all.</summary>
    public string Address { get; init; } = DefaultAddress;

    /// <summary>The host's port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>The guest's port, 1 to 65535.</summary>
    public required int GuestPort { get; init; }

    /// <summary>As people read it: <c>tcp 127.0.0.1:2222 to port 22</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{EnumNames<ForwardProtocol>.Of(Protocol)} {Address}:{Port} to port {GuestPort}");
}

/// <summary>What a forwarded port carries.</summary>
[JsonConverter(typeof(EnumJsonConverter<ForwardProtocol>))]
public enum ForwardProtocol
{
    /// <summary>Connections.</summary>
    Tcp,

    /// <summary>Datagrams.</summary>
    Udp,
}
