using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using VmSupervisor.Doctor;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>Whether this node's certificate and its CA's stay valid for a while.</summary>
internal sealed class CertificateCheck(ClusterCertificates certificates, TimeProvider time) : ICheck
{
    private static readonly TimeSpan Early = TimeSpan.FromDays(30);

    public string Name => "certificates";

    public Task<Finding> LookAsync(CancellationToken cancellationToken)
    {
        var soon = time.GetUtcNow() + Early;
        var all = certificates.Authorities.Select(authority => ("the CA", authority)).Prepend(("this node's", certificates.Own)).ToArray();
        var ending = all.Where(one => one.Item2.NotAfter.ToUniversalTime() < soon.UtcDateTime).Select(one => Line(one.Item1, one.Item2)).ToArray();
        return Task.FromResult(ending.Length == 0
            ? Finding.Ok(string.Join("; ", all.Select(one => Line(one.Item1, one.Item2))))
            : Finding.Warning(Finding.Several(ending), "vmsup node issue DIR NAME makes a new one (in another directory: nothing is overwritten); restart vmsupd with it"));
    }

    private string Line(string whose, X509Certificate2 certificate)
    {
        var end = certificate.NotAfter.ToUniversalTime();
        return string.Create(CultureInfo.InvariantCulture, $"{whose} {(end < time.GetUtcNow().UtcDateTime ? "has expired on" : "is valid to")} {end:yyyy-MM-dd HH:mm}Z");
    }
}
