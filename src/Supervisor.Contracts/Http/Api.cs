namespace VmSupervisor.Contracts.Http;

/// <summary>Names that both sides of the HTTP API use.</summary>
public static class Api
{
    /// <summary>The header that carries the operation id.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>The header of a subscriber that goes on after a position.</summary>
    public const string LastEventId = "Last-Event-ID";

    /// <summary>The parameter of a definition that is not to be stored.</summary>
    public const string DryRun = "dry-run";

    /// <summary>The state that <c>wait</c> takes for a VM which is not defined.</summary>
    public const string Undefined = "undefined";

    /// <summary>How long all guests of a node may take to end unless told; five minutes, as an init system's patience.</summary>
    public static readonly TimeSpan NodeShutdownTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The state of a VM of which nothing exists on the host, as views spell it.</summary>
    public const string AtRest = "CleanedUp";

    /// <summary>The states of a VM, as views spell them.</summary>
    public static IReadOnlyList<string> States { get; } = ["Starting", "Running", "Stopping", AtRest];
}
