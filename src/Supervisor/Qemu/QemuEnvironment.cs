namespace VmSupervisor.Qemu;

/// <summary>The environment that QEMU gets: what it needs, and none of ours.</summary>
internal static class QemuEnvironment
{
    /// <summary>Where executables are looked for.</summary>
    public static string Path => Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Its variables; errors in English, since we pass them on.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Variables => [new("PATH", Path), new("LC_ALL", "C")];
}
