using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Certificates;

/// <summary>A small certificate authority in a directory, for clusters that have no other: EC P-256, nothing but nodes and their clients.</summary>
internal sealed class ClusterAuthority(string directory, TimeProvider time)
{
    // Clocks of nodes differ.
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);

    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1"), ClientUse = new("1.3.6.1.5.5.7.3.2");

    private readonly KeyFiles _files = new(directory);

    /// <summary>Makes the CA.</summary>
    /// <exception cref="VmsupException">There is one already, or the files cannot be written.</exception>
    public CertificateView Create(int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=vmsup cluster CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - Early, now.AddDays(days));
        var (certificateFile, keyFile) = _files.Write(KeyFiles.Authority, certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        return ViewOf("vmsup cluster CA", certificate, certificateFile, keyFile, []);
    }

    /// <summary>Makes a node's certificate, or a client's, which is good for no server and so for no node.</summary>
    /// <param name="name">Its common name, by which peers know the node, or nodes the client.</param>
    /// <param name="forClient">Whether it is a client's.</param>
    /// <param name="hosts">Names and addresses that it is reached at.</param>
    /// <param name="from">From when it is valid; null for now.</param>
    /// <param name="days">How long.</param>
    /// <exception cref="VmsupException">There is no CA, or there is such a certificate already.</exception>
    public CertificateView Issue(string name, bool forClient, IReadOnlyList<string> hosts, DateTimeOffset? from, int days)
    {
        using var authority = _files.ReadAuthority();
        using var authorityKey = authority.GetECDsaPrivateKey() ?? throw Failed($"the key in {directory} is no EC key");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        string[] names = [.. hosts.Prepend(name).Distinct()];
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));

        // No EC key enciphers keys, but QEMU refuses a certificate that does not say so (seen with 7.2).
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(forClient ? [ClientUse] : [ServerUse, ClientUse], false));
        request.CertificateExtensions.Add(AlternativeNames(names));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));

        var begin = from ?? time.GetUtcNow() - Early;
        var end = (from ?? time.GetUtcNow()).AddDays(days);
        var authorityEnd = new DateTimeOffset(authority.NotAfter.ToUniversalTime());
        using var certificate = request.Create(
            authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), begin, end < authorityEnd ? end : authorityEnd, Serial());
        var (certificateFile, keyFile) = _files.Write(name, certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        return ViewOf(name, certificate, certificateFile, keyFile, names.ToValueList());
    }

    private static X509Extension AlternativeNames(string[] names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            try
            {
                if (IPAddress.TryParse(name, out var address))
                    builder.AddIpAddress(address);
                else
                    builder.AddDnsName(name);
            }
            catch (ArgumentException e)
            {
                throw new VmsupException(new Problem(ProblemKind.Invalid, $"'{name}' is no name that a certificate can carry: {e.Message}"));
            }
        }

        return builder.Build();
    }

    // Positive, as RFC 5280 wants it.
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }

    private static CertificateView ViewOf(string name, X509Certificate2 certificate, string file, string key, ValueList<string> names) =>
        new(name, file, key, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime(), names);

    private static VmsupException Failed(string detail) => new(new Problem(ProblemKind.Failed, detail));
}
