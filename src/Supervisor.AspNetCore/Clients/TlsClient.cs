namespace VmSupervisor.AspNetCore.Clients;

/// <summary>A connection on the clients' address.</summary>
/// <param name="Address">Where it comes from, without the port.</param>
/// <param name="From">The same with the port.</param>
/// <param name="Certificate">The common name of the certificate that it showed; null when it showed none.</param>
/// <param name="Place">Its place among the connections.</param>
internal sealed record TlsClient(string Address, string From, string? Certificate, ConnectionPlace Place);
