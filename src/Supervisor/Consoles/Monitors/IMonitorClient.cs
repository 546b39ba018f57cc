using VmSupervisor.Contracts.Http;

namespace VmSupervisor.Consoles.Monitors;

/// <summary>The other end of an attachment.</summary>
internal interface IMonitorClient
{
    /// <summary>Returns when the client has taken it.</summary>
    Task TellAsync(MonitorNews news, CancellationToken cancellationToken);
}

/// <summary>What a client speaks.</summary>
internal enum MonitorLanguage
{
    /// <summary>The commands for people: <c>info status</c>.</summary>
    Human,

    /// <summary>QMP: a JSON object each.</summary>
    Qmp,
}
