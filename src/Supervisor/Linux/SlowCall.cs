namespace VmSupervisor.Linux;

/// <summary>Calls of the kernel that may take minutes, such as writing a whole file to its disk, on a thread of their own.</summary>
internal static class SlowCall
{
    /// <summary>Returns when the call has; it cannot be given up.</summary>
    public static Task RunAsync(Action call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>All that was written to a file, by whomever, is on its disk.</summary>
    /// <exception cref="IOException">Something of it could not be written since it was opened here.</exception>
    public static Task SyncAsync(FileDescriptor file, string path) => RunAsync(() =>
    {
        if (LibC.Sync(file.Number) != 0)
            throw LibC.Failure($"cannot sync {path}");
    });
}
