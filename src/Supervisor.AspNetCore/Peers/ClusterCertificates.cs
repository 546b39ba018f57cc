using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>
/// The cluster's CA, and what this node proves itself with. A peer is who the common name of its certificate says, if that
/// was signed by this CA and no other: the host's own trusted roots do not count, nor does the address.
/// </summary>
internal sealed class ClusterCertificates(X509Certificate2Collection authorities, X509Certificate2 own, TimeProvider time)
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2", CommonName = "2.5.4.3";
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;
    private static readonly List<SslApplicationProtocol> Http = [SslApplicationProtocol.Http11];

    private readonly SslStreamCertificateContext _context = SslStreamCertificateContext.Create(own, null, offline: true);

    public X509Certificate2Collection Authorities { get; } = authorities;

    public X509Certificate2 Own { get; } = own;

    /// <summary>The node whose certificate it is; null when it has not exactly one common name.</summary>
    public static string? NodeOf(X509Certificate2 certificate)
    {
        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)
            .Select(part => part.GetSingleElementValue())
            .ToArray();
        return names is [{ } name] ? name : null;
    }

    /// <summary>
    /// For accepting peers; a certificate is demanded, and one that is good for both ends, as a node's must be: those of
    /// clients are not, so that no client can pass for a node of the same name.
    /// </summary>
    /// <param name="judged">Told the peer's name, or why it is refused.</param>
    public SslServerAuthenticationOptions ForPeers(Action<string?, string?> judged) => Server(judged, isNeeded: true, ServerUse, ClientUse);

    /// <summary>For accepting clients, who need no certificate; but what they show must be good.</summary>
    /// <param name="judged">Told the client's name, null when it shows no certificate, or why it is refused.</param>
    public SslServerAuthenticationOptions ForClients(Action<string?, string?> judged) => Server(judged, isNeeded: false, ClientUse);

    private SslServerAuthenticationOptions Server(Action<string?, string?> judged, bool isNeeded, params string[] uses) => new()
    {
        ServerCertificateContext = _context,
        ClientCertificateRequired = true,
        EnabledSslProtocols = Protocols,
        ApplicationProtocols = Http,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            string? name = null;
            var why = certificate is null && !isNeeded ? null : WhyNot(certificate, uses, out name);
            judged(name, why);
            return why is null;
        },
    };

    /// <summary>For dialing a peer.</summary>
    /// <param name="peer">Whose certificate it must be.</param>
    /// <param name="refused">Told why it is not.</param>
    public SslClientAuthenticationOptions Client(string peer, Action<string> refused) => new()
    {
        ClientCertificateContext = _context,
        EnabledSslProtocols = Protocols,
        ApplicationProtocols = Http,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            var why = WhyNot(certificate, [ServerUse], out var name)
                ?? (name == peer ? null : $"it shows the certificate of node '{name}', not that of '{peer}'");
            if (why is not null)
                refused(why);
            return why is null;
        },
    };

    private string? WhyNot(X509Certificate? presented, IEnumerable<string> uses, out string? name)
    {
        name = null;
        if (presented is null)
            return "it shows no certificate";
        using var certificate = X509CertificateLoader.LoadCertificate(presented.GetRawCertData());
        name = NodeOf(certificate);
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.VerificationTime = time.GetUtcNow().UtcDateTime;
        foreach (var use in uses)
            policy.ApplicationPolicy.Add(new Oid(use));
        foreach (var authority in Authorities)
            (authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData) ? policy.CustomTrustStore : policy.ExtraStore).Add(authority);
        if (!chain.Build(certificate))
            return $"the certificate of '{name}' {Explain(chain, certificate)}";
        return name is null ? $"its certificate ({certificate.Subject}) has not exactly one common name, which would be the node's" : null;
    }

    // What comes first says most: a certificate of another CA need not be looked at any further.
    private static string Explain(X509Chain chain, X509Certificate2 certificate)
    {
        var found = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if ((found & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid)) != 0)
            return $"is not signed by this cluster's CA, but by {certificate.Issuer}";
        if ((found & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"(or its CA's) is valid only from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z to {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z");
        }

        return (found & X509ChainStatusFlags.NotValidForUsage) != 0
            ? "is not meant for this use (serverAuth, clientAuth)"
            : $"is not valid: {string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()))}";
    }
}
