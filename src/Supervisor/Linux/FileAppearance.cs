namespace VmSupervisor.Linux;

/// <summary>Waits for a file, such as the monitor's socket of a QEMU that has just been spawned.</summary>
internal static class FileAppearance
{
    /// <summary>
    /// Completes when the file exists, of whatever kind; it wakes on the event and does not poll. The caller sets the
    /// deadline through the token.
    /// </summary>
    /// <exception cref="IOException">Its directory does not exist, or is gone while this waits.</exception>
    public static async Task WaitAsync(string path, Readiness readiness, CancellationToken cancellationToken)
    {
        if (Path.Exists(path))
            return;
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        using var events = readiness.Files.Subscribe(directory, FileEvents.Appeared | FileEvents.Vanished);
        while (!Path.Exists(path))
        {
            if (!Directory.Exists(directory))
                throw new IOException($"cannot wait for {path}: its directory is gone");
            await events.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
