namespace VmSupervisor.Resources;

/// <summary>An incarnation's directory for sockets, lock, pid file and logs, of its owner only.</summary>
internal static class RunDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static void Acquire(string path)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException($"the run directory {path} cannot be made: {e.Message}", e);
        }
    }

    public static void Release(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (IOException) when (!Directory.Exists(path))
        {
            // Released before, and the supervisor died before it could journal that; or something else has its name, and ours was never made.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException($"the run directory {path} cannot be removed: {e.Message}", e);
        }
    }

    public static void RemoveWhenEmpty(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (IOException)
        {
            // Not empty, or gone.
        }
    }
}
