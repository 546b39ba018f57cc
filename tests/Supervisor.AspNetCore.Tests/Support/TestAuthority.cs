using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VmSupervisor.AspNetCore.Peers;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Support;

/// <summary>A CA of a test's own.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=a test's CA", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-1000), now.AddDays(1000));
    }

    public X509Certificate2 Issue(string name, string[]? uses = null, int fromDay = -1, int toDay = 100)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. (uses ?? [ClientUse]).Select(use => new Oid(use))], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.Create(
            _certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), now.AddDays(fromDay), now.AddDays(toDay), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>What a node of this cluster proves itself with.</summary>
    public ClusterCertificates NodeCertificates(string node = "a") =>
        new([_certificate], Issue(node, [ServerUse, ClientUse]), TimeProvider.System);

    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
    }
}
