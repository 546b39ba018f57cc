namespace VmSupervisor.Resources;

/// <summary>Something could not be acquired or released; the message says what was found and what to do, in one line.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">What it came from.</param>
public sealed class ResourceException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// Whether an acquire failed before it changed anything, for certain: then there is nothing to release, and a release
    /// that could only fail (its executable does not exist, say) is not asked for.
    /// </summary>
    public bool NothingDone { get; init; }
}
