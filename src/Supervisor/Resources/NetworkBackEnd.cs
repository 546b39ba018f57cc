using System.Text.Json.Nodes;

namespace VmSupervisor.Resources;

/// <summary>What QEMU is given as the back end of a network interface.</summary>
/// <param name="Properties">
/// Those of its option <c>-netdev</c>, such as <c>{"type":"tap","ifname":"tap0"}</c>, without <c>id</c>. The device in
/// front of it has as many pairs of queues as the definition says.
/// </param>
public sealed record NetworkBackEnd(JsonObject Properties);
