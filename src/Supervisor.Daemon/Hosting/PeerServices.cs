using System.Security.Cryptography;
using VmSupervisor.AspNetCore.Peers;
using VmSupervisor.Daemon.Configuration;
using VmSupervisor.Migration.Connections;
using VmSupervisor.Vms;

namespace VmSupervisor.Daemon.Hosting;

/// <summary>This run of the daemon among its peers.</summary>
internal static class PeerServices
{
    public static PeerOptions OptionsOf(DaemonOptions options)
    {
        var run = RandomNumberGenerator.GetBytes(sizeof(long));
        var peers = options.Peers;
        return new PeerOptions
        {
            Settings = new PeerSettings
            {
                Node = options.Node,
                Cluster = peers.Cluster,
                Run = Convert.ToHexStringLower(run),
                Version = NodeSupervisor.Version,
                KeepAliveInterval = peers.KeepAliveInterval,
                KeepAliveTimeout = peers.KeepAliveTimeout,
                ConnectTimeout = peers.ConnectTimeout,
                FirstDelay = peers.FirstDelay,
                LongestDelay = peers.LongestDelay,
                LongestMessage = peers.MaxMessage,
                Seed = BitConverter.ToInt64(run),
            },
            Nodes = peers.Nodes,
            Listen = peers.Listen,
            Certificates = peers.Certificates,
        };
    }
}
