namespace VmSupervisor.Qemu.Launch;

/// <summary>Tells a person why an end does not come: after a while, and again only when there is something else to say.</summary>
internal sealed class StuckReports(Action<string> report, TimeSpan after, TimeProvider time)
{
    private readonly long began = time.GetTimestamp();
    private string? known;
    private string? told;

    /// <summary>Keeps a reason that is better than the general one.</summary>
    public void Remember(string reason) => known = reason;

    /// <summary>Another turn without success.</summary>
    public void Pass(string otherwise)
    {
        var reason = known ?? otherwise;
        if (reason == told || time.GetElapsedTime(began) < after)
            return;
        told = reason;
        report(reason);
    }
}
