using System.Runtime.InteropServices;

namespace VmSupervisor.Linux;

/// <summary>A process to spawn; it inherits nothing that is not named here.</summary>
/// <param name="Executable">Its absolute path, also its <c>argv[0]</c>; no search along <c>PATH</c>.</param>
/// <param name="Arguments">What follows <c>argv[0]</c>.</param>
/// <param name="Environment">All of its environment, in this order.</param>
/// <param name="WorkingDirectory">Where it starts.</param>
/// <param name="StandardOutput">The file its output is appended to; made with mode 0600 when it is missing.</param>
/// <param name="StandardError">Likewise; may be the same.</param>
/// <param name="Inherited">Descriptors it gets besides 0, 1 and 2.</param>
internal sealed record SpawnRequest(
    string Executable,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<KeyValuePair<string, string>> Environment,
    string WorkingDirectory,
    string StandardOutput,
    string StandardError,
    IReadOnlyList<InheritedDescriptor> Inherited)
{
    /// <summary>Its own session (the default), or only its own process group.</summary>
    public bool NewSession { get; init; } = true;
}

/// <summary>An open file description that a child gets.</summary>
/// <param name="Source">The descriptor here; it stays open here.</param>
/// <param name="Target">Its number in the child, 3 or above.</param>
internal sealed record InheritedDescriptor(SafeHandle Source, int Target);

/// <summary>What became of a spawn.</summary>
internal abstract record SpawnResult
{
    /// <summary>
    /// It runs the executable. Its status must be fetched, once, by <see cref="ExitWatcher"/>: until then it stays a zombie.
    /// </summary>
    /// <param name="Process">The child; the pid cannot have been used again, since only we can reap it.</param>
    public sealed record Spawned(PidFd Process) : SpawnResult;

    /// <summary>Nothing was left behind.</summary>
    /// <param name="Errno">The error number.</param>
    /// <param name="Reason">One line for a person: what could not be done, and why.</param>
    public sealed record Failed(int Errno, string Reason) : SpawnResult;
}
