using System.Net;
using Serilog.Events;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.AspNetCore.Peers;
using VmSupervisor.Contracts;
using VmSupervisor.Hosting;
using VmSupervisor.Journal.Sqlite;

namespace VmSupervisor.Daemon.Configuration;

/// <summary>The daemon's configuration, checked and complete.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="StateDirectory">Absolute.</param>
/// <param name="RunDirectory">Absolute.</param>
/// <param name="Socket">The unix socket.</param>
/// <param name="Access">Who may do what.</param>
/// <param name="Log">What is logged and where.</param>
/// <param name="Qemu">Which QEMU.</param>
/// <param name="Cgroup">Where VMs with limits have their control groups.</param>
/// <param name="Hooks">Limits of hooks.</param>
/// <param name="Stop">Limits on the way to the end of a life.</param>
/// <param name="Restart">Limits of restart policies.</param>
/// <param name="BootId">Instead of the kernel's boot id; null for that.</param>
/// <param name="Journal">The journal.</param>
/// <param name="Actors">The kernel.</param>
/// <param name="Http">The HTTP API.</param>
/// <param name="Peers">The other nodes.</param>
/// <param name="Migration">Guests that come from them or go there.</param>
internal sealed record DaemonOptions(
    string Node,
    string StateDirectory,
    string RunDirectory,
    SocketOptions Socket,
    AccessOptions Access,
    LogOptions Log,
    QemuOptions Qemu,
    CgroupOptions Cgroup,
    HookOptions Hooks,
    StopOptions Stop,
    RestartOptions Restart,
    string? BootId,
    SqliteJournalOptions Journal,
    ActorOptions Actors,
    HttpOptions Http,
    PeersOptions Peers,
    MigrationOptions Migration);

/// <param name="Listen">Where guests come in directly; null for nowhere.</param>
/// <param name="Grace">How long the connection of whoever sends one may be away.</param>
/// <param name="Lease">How long whoever sends one may be silent.</param>
/// <param name="Deadline">How long a migration may take when nobody says; null for ever.</param>
/// <param name="Tls">What encrypts those that go directly; null for no encryption.</param>
internal sealed record MigrationOptions(MigrationListenOptions? Listen, TimeSpan Grace, TimeSpan Lease, TimeSpan? Deadline, MigrationTlsOptions? Tls);

/// <param name="Path">Absolute, at most 107 bytes.</param>
/// <param name="Group">The id of the group that may do everything; null for none.</param>
internal sealed record SocketOptions(string Path, uint? Group);

/// <param name="Rules">What is granted to whom, beside root and the daemon's own user.</param>
/// <param name="Roots">Directories in which whoever is no admin may have files read and written.</param>
/// <param name="Bridges">Bridges to which they may connect VMs.</param>
/// <param name="OperatorsDefine">Whether operators may define VMs within these.</param>
internal sealed record AccessOptions(ValueList<AccessRule> Rules, ValueList<string> Roots, ValueList<string> Bridges, bool OperatorsDefine);

/// <param name="Level">The least severe lines that are written.</param>
/// <param name="Format">How lines look on standard error.</param>
/// <param name="File">A file that is written as well; null for none.</param>
/// <param name="MaxSize">Its size in bytes at which a new one is begun.</param>
/// <param name="Keep">How many are kept.</param>
internal sealed record LogOptions(LogEventLevel Level, LogFormat Format, string? File, long MaxSize, int Keep);

/// <summary>How log lines look.</summary>
internal enum LogFormat
{
    /// <summary>For people on a terminal, else for machines.</summary>
    Auto,

    /// <summary>For people.</summary>
    Text,

    /// <summary>For machines.</summary>
    Json,
}

/// <param name="Executable">A path, or a name that is looked up in PATH.</param>
/// <param name="LaunchTimeout">From spawn to a monitor that answers.</param>
/// <param name="SerialLogSize">The size in bytes at which a serial log is begun anew.</param>
/// <param name="Sandbox">Whether QEMU gives up system calls.</param>
internal sealed record QemuOptions(string Executable, TimeSpan LaunchTimeout, long SerialLogSize, bool Sandbox);

/// <param name="Parent">From the hierarchy's root on; null for what is right by the daemon's own group.</param>
internal sealed record CgroupOptions(string? Parent);

/// <param name="Timeout">All hooks of one phase.</param>
/// <param name="PreStopForced">The pre-stop hooks of a forced stop.</param>
internal sealed record HookOptions(TimeSpan Timeout, TimeSpan PreStopForced);

/// <param name="ForcedQuit">From quit to SIGKILL in a forced stop.</param>
/// <param name="Quit">From quit to SIGTERM to SIGKILL otherwise.</param>
/// <param name="ExitWarning">From SIGKILL to the complaint that the process does not die.</param>
internal sealed record StopOptions(TimeSpan ForcedQuit, TimeSpan Quit, TimeSpan ExitWarning);

/// <param name="FirstDelay">Before the first restart; doubled for each further one.</param>
/// <param name="LongestDelay">No restart waits longer.</param>
/// <param name="Limit">How many within the window.</param>
/// <param name="Window">The window of the limit.</param>
/// <param name="GoodAfter">A VM that has run so long starts counting anew.</param>
internal sealed record RestartOptions(TimeSpan FirstDelay, TimeSpan LongestDelay, int Limit, TimeSpan Window, TimeSpan GoodAfter);

/// <param name="Throughput">Messages per turn.</param>
/// <param name="RecoveryPermits">VMs that recover at the same time.</param>
/// <param name="RecoveryTimeout">Replay of one VM.</param>
internal sealed record ActorOptions(int Throughput, int RecoveryPermits, TimeSpan RecoveryTimeout);

/// <param name="Listen">Where clients connect with TLS; null for nowhere.</param>
/// <param name="MaxConnections">How many there may be at once.</param>
/// <param name="RequestsPerSecond">Of each caller.</param>
/// <param name="HeadersTimeout">How long the headers of a request may take.</param>
/// <param name="BodyTimeout">How long its body may take.</param>
/// <param name="MaxRequestBody">In bytes.</param>
/// <param name="EventsKeepAlive">The longest silence of an event stream.</param>
/// <param name="SendTimeout">How long a client of a console or monitor may take nothing.</param>
internal sealed record HttpOptions(
    IPEndPoint? Listen, int MaxConnections, int RequestsPerSecond, TimeSpan HeadersTimeout, TimeSpan BodyTimeout, long MaxRequestBody, TimeSpan EventsKeepAlive, TimeSpan SendTimeout);

/// <param name="Cluster">Nodes of others are refused.</param>
/// <param name="Nodes">Where the other nodes are reached, by name.</param>
/// <param name="Listen">Where peers connect with TLS; null for nowhere.</param>
/// <param name="Certificates">What proves who is who; null for peers on this machine only.</param>
/// <param name="KeepAliveInterval">The silence after which a connection is asked.</param>
/// <param name="KeepAliveTimeout">The silence after which it counts as lost.</param>
/// <param name="ConnectTimeout">Of one attempt to connect.</param>
/// <param name="FirstDelay">Before the first attempt to reconnect; doubled for each further one.</param>
/// <param name="LongestDelay">No attempt waits longer.</param>
/// <param name="MaxMessage">In bytes.</param>
internal sealed record PeersOptions(
    string Cluster,
    IReadOnlyDictionary<string, PeerAddress> Nodes,
    IPEndPoint? Listen,
    ClusterCertificates? Certificates,
    TimeSpan KeepAliveInterval,
    TimeSpan KeepAliveTimeout,
    TimeSpan ConnectTimeout,
    TimeSpan FirstDelay,
    TimeSpan LongestDelay,
    int MaxMessage);
