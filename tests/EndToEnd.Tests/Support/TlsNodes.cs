using System.Net;
using System.Net.Sockets;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>Certificates of a test's own, and addresses on this machine, for nodes that speak TLS.</summary>
internal sealed class TlsNodes : IDisposable
{
    private readonly Dictionary<Node, string> addresses = [];
    private readonly string root = Directory.CreateTempSubdirectory("e2e-ca-").FullName;

    /// <summary>Where a certificate authority is; made when it is asked for the first time.</summary>
    public string Authority(string name = "ca")
    {
        var directory = Path.Combine(root, name);
        if (!Directory.Exists(directory))
            Programs.Run(Binaries.Cli, "node", "init-ca", directory);
        return directory;
    }

    /// <summary>One of this machine's own, with a port that was free a moment ago.</summary>
    public string AddressOf(Node node)
    {
        if (!addresses.TryGetValue(node, out var address))
        {
            using var probe = new TcpListener(IPAddress.Parse("127.84.7.1"), 0);
            probe.Start();
            addresses[node] = address = $"{probe.LocalEndpoint}";
        }

        return address;
    }

    /// <summary>The settings of a node that listens, with a certificate of its own and another one as peer.</summary>
    public string[] Settings(Node own, Node other, string authority = "ca", params string[] issue)
    {
        var directory = Authority(authority);
        if (!File.Exists(Path.Combine(directory, $"{own.Name}.pem")))
            Programs.Run(Binaries.Cli, ["node", "issue", directory, own.Name, .. issue]);
        return
        [
            $"nodes.{other.Name}=https://{AddressOf(other)}",
            $"vmsup.listen={AddressOf(own)}",
            $"vmsup.tls.ca={directory}/ca.pem",
            $"vmsup.tls.certificate={directory}/{own.Name}.pem",
            $"vmsup.tls.key={directory}/{own.Name}.key",
            "vmsup.peers.longest-delay=200 ms",
        ];
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
