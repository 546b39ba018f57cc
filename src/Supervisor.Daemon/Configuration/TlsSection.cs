using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VmSupervisor.AspNetCore.Peers;
using VmSupervisor.Hocon;

namespace VmSupervisor.Daemon.Configuration;

/// <summary><c>vmsup.tls</c>: files that are read and checked here, so that a daemon which cannot use them does not start.</summary>
internal static class TlsSection
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly string[] Keys = ["ca", "certificate", "key"];

    public static ClusterCertificates? Read(HoconReader vmsup, string node)
    {
        var tls = Checked.Section(vmsup, "tls", Keys);
        var paths = Keys.Select(key => Checked.AbsolutePath(tls, key, "")).ToArray();
        if (paths.All(string.IsNullOrEmpty))
            return null;
        if (paths is [{ Length: > 0 } ca, { Length: > 0 } certificate, { Length: > 0 } key])
            return Read(tls, ca, certificate, key, node);

        // At one that is set: what is missing has no place in the person's files.
        var missing = string.Join(", ", Keys.Where((_, i) => string.IsNullOrEmpty(paths[i])));
        tls.Fault(Keys.Where((_, i) => !string.IsNullOrEmpty(paths[i])).First(), $"found no {missing}; ca, certificate and key are needed together");
        return null;
    }

    private static ClusterCertificates? Read(HoconReader tls, string ca, string certificate, string key, string node)
    {
        var authorities = new X509Certificate2Collection();
        var readable = Try(tls, "ca", ca, () => authorities.ImportFromPemFile(ca));
        if (readable && authorities.Count == 0)
            tls.Fault("ca", $"found no certificate in {ca}; allowed is a PEM file with the cluster's CA");
        string? certificatePem = null, keyPem = null;
        Try(tls, "certificate", certificate, () => certificatePem = File.ReadAllText(certificate));
        Try(tls, "key", key, () =>
        {
            if (File.GetUnixFileMode(key) is var mode && (mode & Others) != 0)
                tls.Fault("key", $"found {key} with mode 0{Convert.ToString((int)mode, 8)}; allowed is 0600 or 0400: whoever reads it can act as this node");
            keyPem = File.ReadAllText(key);
        });
        if (certificatePem is null || keyPem is null || authorities.Count == 0)
            return null;
        X509Certificate2? own = null;
        if (!Try(tls, "certificate", certificate, () => X509Certificate2.CreateFromPem(certificatePem).Dispose())
            || !Try(tls, "key", key, () => own = X509Certificate2.CreateFromPem(certificatePem, keyPem)))
            return null;
        if (ClusterCertificates.NodeOf(own!) is var name && name != node)
            tls.Fault("certificate", $"found the certificate of \"{name}\" in {certificate}; allowed is one with this node's name, \"{node}\", as its common name");
        return new ClusterCertificates(authorities, own!, TimeProvider.System);
    }

    private static bool Try(HoconReader tls, string key, string path, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            tls.Fault(key, $"{path} cannot be used: {e.Message}");
            return false;
        }
    }
}
