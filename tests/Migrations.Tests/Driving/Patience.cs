using System.Globalization;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>How long the two nodes wait for each other.</summary>
/// <param name="Grace">For a connection that was lost to be back.</param>
/// <param name="Lease">For a sign of life while the connection is there.</param>
internal sealed record Patience(TimeSpan Grace, TimeSpan Lease)
{
    /// <summary>
    /// A grace that is shorter than the restart of a daemon. The lease is longer than a daemon on a busy machine may be silent.
    /// </summary>
    public static Patience Short { get; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(4));

    /// <summary>Longer than anything that befalls a node in these tests.</summary>
    public static Patience Long { get; } = new(Limits.Step, Limits.Step);

    public IEnumerable<string> Settings =>
    [
        string.Create(CultureInfo.InvariantCulture, $"vmsup.migration.grace={Grace.TotalMilliseconds:0} ms"),
        string.Create(CultureInfo.InvariantCulture, $"vmsup.migration.lease={Lease.TotalMilliseconds:0} ms"),
    ];
}
