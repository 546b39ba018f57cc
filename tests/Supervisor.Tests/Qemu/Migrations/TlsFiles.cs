using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VmSupervisor.Qemu;

namespace VmSupervisor.Supervisor.Tests.Qemu.Migrations;

/// <summary>A CA of a test's own, and what it issues, as 'vmsup node init-ca' and 'issue' do.</summary>
internal sealed class TlsFiles : IDisposable
{
    private static readonly Oid Server = new("1.3.6.1.5.5.7.3.1"), Client = new("1.3.6.1.5.5.7.3.2");

    private readonly TempDirectory _root = new();

    /// <summary>A directory for QEMU, with the certificate of a node of a new CA.</summary>
    public string DirectoryOf(string node, string authority = "ca")
    {
        if (!File.Exists(In($"{authority}.pem")))
            MakeAuthority(authority);
        using var ca = X509Certificate2.CreateFromPemFile(In($"{authority}.pem"), In($"{authority}.key"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={node}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([Server, Client], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(node);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(ca, ca.NotBefore, ca.NotAfter, [1, 2, 3, (byte)node[0]]);
        Write($"{authority}-{node}", certificate, key);
        return TlsDirectory.Make(In($"tls-{authority}-{node}"), In($"{authority}.pem"), In($"{authority}-{node}.pem"), In($"{authority}-{node}.key"));
    }

    public void Dispose() => _root.Dispose();

    private void MakeAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        Write(name, certificate, key);
    }

    private void Write(string name, X509Certificate2 certificate, ECDsa key)
    {
        File.WriteAllText(In($"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(In($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private string In(string name) => Path.Combine(_root.Path, name);
}
