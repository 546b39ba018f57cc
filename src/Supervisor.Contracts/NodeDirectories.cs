namespace VmSupervisor.Contracts;

/// <summary>Where a node keeps its files unless told, so that the daemon and those who look for it agree.</summary>
/// <param name="State">The journal; survives a reboot.</param>
/// <param name="Run">Sockets, pid files, QEMU's logs.</param>
public sealed record NodeDirectories(string State, string Run)
{
    /// <summary>The name of the daemon's socket in the run directory.</summary>
    public const string SocketName = "vmsupd.sock";

    /// <summary>The daemon's socket.</summary>
    public string Socket => SocketIn(Run);

    /// <summary>The daemon's socket in some run directory.</summary>
    public static string SocketIn(string runDirectory) => Path.Combine(runDirectory, SocketName);

    /// <summary>
    /// <c>/var/lib/vmsup</c> and <c>/run/vmsup</c> for root, the XDG directories for others. Without
    /// <c>XDG_RUNTIME_DIR</c> (no login session) the run directory is inside the state directory: the home is the
    /// only other place that nobody else can write to.
    /// </summary>
    /// <param name="isRoot">Whether the process is root's, see <see cref="Environment.IsPrivilegedProcess"/>.</param>
    /// <param name="environment">Finds an environment variable.</param>
    public static NodeDirectories Default(bool isRoot, Func<string, string?> environment)
    {
        if (isRoot)
            return new("/var/lib/vmsup", "/run/vmsup");
        // Relative XDG paths are invalid and ignored, says the XDG base directory specification.
        var stateHome = Absolute(environment("XDG_STATE_HOME")) ?? Path.Combine(Absolute(environment("HOME")) ?? "/", ".local/state");
        var state = Path.Combine(stateHome, "vmsup");
        var run = Absolute(environment("XDG_RUNTIME_DIR")) is { } runtime ? Path.Combine(runtime, "vmsup") : Path.Combine(state, "run");
        return new(state, run);
    }

    private static string? Absolute(string? path) => path is not null && path.StartsWith('/') ? path : null;
}
