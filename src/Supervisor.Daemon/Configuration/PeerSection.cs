using System.Net;
using VmSupervisor.AspNetCore.Peers;
using VmSupervisor.Hocon;

namespace VmSupervisor.Daemon.Configuration;

/// <summary>The other nodes: <c>nodes</c>, <c>vmsup.nodes</c>, <c>vmsup.cluster</c>, <c>vmsup.listen</c>, <c>vmsup.tls</c> and <c>vmsup.peers</c>.</summary>
internal static class PeerSection
{
    private const int LeastMessage = 64 << 10, LargestMessage = 64 << 20;

    public static PeersOptions Read(HoconReader root, HoconReader vmsup, string node)
    {
        var peers = Checked.Section(
            vmsup, "peers", "keep-alive-interval", "keep-alive-timeout", "connect-timeout", "first-delay", "longest-delay", "max-message");
        var certificates = TlsSection.Read(vmsup, node);
        var nodes = new Dictionary<string, PeerAddress>();
        ReadNodes(vmsup, node, certificates is not null, nodes);
        if (root.Has("nodes"))
            ReadNodes(root, node, certificates is not null, nodes);
        var (interval, timeout) = (Checked.Duration(peers, "keep-alive-interval"), Checked.Duration(peers, "keep-alive-timeout"));
        if (timeout < interval)
            peers.Fault("keep-alive-timeout", $"found {timeout.TotalSeconds} s; allowed is at least keep-alive-interval, {interval.TotalSeconds} s");
        return new PeersOptions(
            Cluster(vmsup), nodes, Listen(vmsup, certificates is not null), certificates, interval, timeout,
            Checked.Duration(peers, "connect-timeout"), Checked.Duration(peers, "first-delay"), Checked.Duration(peers, "longest-delay"),
            (int)(peers.Size("max-message", LeastMessage, LargestMessage) ?? LeastMessage));
    }

    /// <summary>An address with TLS; null for none.</summary>
    public static IPEndPoint? Listen(HoconReader section, bool hasCertificates)
    {
        var text = section.String("listen");
        if (string.IsNullOrEmpty(text))
            return null;
        if (!IPEndPoint.TryParse(text, out var endPoint) || endPoint.Port == 0)
        {
            section.Fault("listen", $"found \"{text}\"; allowed is an address with a port, as in \"10.0.0.1:8006\" or \"[::]:8006\", or \"\" for none");
            return null;
        }

        if (!hasCertificates)
            section.Fault("listen", $"found \"{text}\", which needs vmsup.tls.ca, certificate and key (vmsup node init-ca, vmsup node issue)");
        return endPoint;
    }

    private static string Cluster(HoconReader vmsup)
    {
        var cluster = vmsup.String("cluster") ?? "";
        if (cluster.Length is 0 or > 63)
            vmsup.Fault("cluster", $"found \"{cluster}\"; allowed are 1 to 63 characters");
        return cluster;
    }

    // The node's own name may be among them, so that all nodes of a cluster can share one file.
    private static void ReadNodes(HoconReader parent, string node, bool hasCertificates, Dictionary<string, PeerAddress> into)
    {
        if (parent.Object("nodes") is not { } section)
            return;
        foreach (var field in section.Value.Fields)
        {
            var (name, text) = (field.Key, section.String(field.Key));
            if (!ConfigurationReader.IsNodeName(name))
                section.Fault(name, $"found the name \"{name}\"; allowed is {ConfigurationReader.NodeNames}");
            if (text is null)
                continue;
            if (!PeerAddress.TryParse(text, out var address))
                section.Fault(name, $"found \"{text}\"; allowed is {PeerAddress.Allowed}");
            else if (name == node)
                continue;
            else if (address is PeerAddress.Tls && !hasCertificates)
                section.Fault(name, $"found \"{text}\", which needs vmsup.tls.ca, certificate and key (vmsup node init-ca, vmsup node issue)");
            else if (!into.TryAdd(name, address))
                section.Fault(name, $"found \"{text}\" here and \"{into[name]}\" as vmsup.nodes.{name}; allowed is one of them");
        }
    }
}
