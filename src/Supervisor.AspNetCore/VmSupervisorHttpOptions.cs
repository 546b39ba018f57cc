using VmSupervisor.AspNetCore.Access;
using VmSupervisor.AspNetCore.Remoting;
using VmSupervisor.Contracts;

namespace VmSupervisor.AspNetCore;

/// <summary>What can be told to <see cref="VmSupervisorHttp.MapVmSupervisor"/>.</summary>
public sealed class VmSupervisorHttpOptions
{
    /// <summary>
    /// The largest request body in bytes; 1 MiB unless told, a hundred times the largest definition seen in practice.
    /// What is larger is answered 413.
    /// </summary>
    public long MaxRequestBody { get; set; } = 1024 * 1024;

    /// <summary>How long a request's body may take to arrive; 30 s unless told. What takes longer is answered 408.</summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many requests a second each caller may make, twice as many at once; 200 unless told. What is beyond is answered
    /// 429. Root and the supervisor's own user are not counted.
    /// </summary>
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>How many refusals a second are answered with a reason, to each who is refused; less than guessing would want.</summary>
    internal int RefusalsPerSecond { get; set; } = 5;

    /// <summary>
    /// How long an event stream may be silent before a comment line is sent, so that both sides and whatever is
    /// between them see that the other one lives; 15 s unless told, which is what the SSE specification suggests.
    /// </summary>
    public TimeSpan EventsKeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long the client of a console, a monitor or remoting may take nothing until it is given up and loses its seat; 30 s
    /// unless told: longer than a terminal is usually held by accident.
    /// </summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What one remoting connection may do.</summary>
    public RemotingOptions Remoting { get; } = new();

    /// <summary>
    /// The id of a group whose members may do everything, beside root and the supervisor's own user; null for none.
    /// </summary>
    public uint? AllowedGroup { get; set; }

    /// <summary>Who else may do what.</summary>
    public VmSupervisorAccessOptions Access { get; } = new();

    /// <summary>All of it together, for the unix socket.</summary>
    internal IReadOnlyCollection<AccessRule> SocketRules => AllowedGroup is { } group
        ? [.. Access.Rules, new AccessRule(new Principal.Group(group), new Grant(Role.Admin))]
        : [.. Access.Rules];
}
