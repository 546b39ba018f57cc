using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Cluster;

/// <summary>A node as the client sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Endpoint">Where it is.</param>
/// <param name="Connected">Whether there is a connection.</param>
/// <param name="Since">Since when there is, or is not.</param>
/// <param name="Version">The supervisor's version; null while it is not connected.</param>
/// <param name="LastError">Why it is not connected, a line for a person; null while it is.</param>
public sealed record ClusterNode(string Name, NodeEndpoint Endpoint, bool Connected, DateTimeOffset Since, string? Version, string? LastError);

/// <summary>The VMs of all nodes that answered.</summary>
/// <param name="Vms">By id.</param>
/// <param name="Unreachable">The nodes that did not answer: of their VMs nothing is known.</param>
public sealed record ClusterVms(ValueList<VmView> Vms, ValueList<string> Unreachable);
