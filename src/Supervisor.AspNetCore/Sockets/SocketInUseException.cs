namespace VmSupervisor.AspNetCore;

/// <summary>Somebody listens already on the unix socket that was asked for.</summary>
/// <param name="path">The socket's file.</param>
public sealed class SocketInUseException(string path)
    : IOException($"somebody listens already on {path}; stop that supervisor, or choose another run directory or socket")
{
    /// <summary>The socket's file.</summary>
    public string Path { get; } = path;
}
