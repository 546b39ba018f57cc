namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>Generous: they end a test that hangs, and no test passes or fails by them on a busy machine.</summary>
internal static class Limits
{
    /// <summary>Of a test, in milliseconds.</summary>
    public const int Test = 600_000;

    /// <summary>Of one thing that a test waits for.</summary>
    public static TimeSpan Step { get; } = TimeSpan.FromMinutes(3);
}
