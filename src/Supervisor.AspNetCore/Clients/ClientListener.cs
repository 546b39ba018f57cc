using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.AspNetCore.Peers;

namespace VmSupervisor.AspNetCore.Clients;

/// <summary>
/// The address on which clients reach the API with TLS. They may show a certificate of the cluster's CA; who shows one of
/// another CA is refused at once, since whatever they hope for, it is not that they are unknown.
/// </summary>
internal sealed class ClientListener(
    ClusterCertificates certificates, TimeSpan handshakeTimeout, ConnectionLimits limits, IAccess access, ILogger<ClientListener> logger)
    : TlsListener("clients", handshakeTimeout, logger)
{
    protected override SslServerAuthenticationOptions Handshake(Action<string?, string?> judged) => certificates.ForClients(judged);

    protected override IDisposable? Enter(ConnectionContext connection, out string why) => limits.TryEnter(AddressOf(connection), out why);

    protected override void Admit(ConnectionContext connection, IDisposable entered, string? name) =>
        connection.Features.Set(new TlsClient(AddressOf(connection), $"{connection.RemoteEndPoint}", name, (ConnectionPlace)entered));

    protected override void Refused(string from, string reason) => access.NoteRefusal(
        new AccessDecision.Denied(reason) { By = $"somebody from {from}", Key = $"address {from[..from.LastIndexOf(':')]}" }, null, "a connection to the clients' address");

    private static string AddressOf(ConnectionContext connection) => (connection.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "?";
}
