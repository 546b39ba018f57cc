namespace VmSupervisor.Resources;

/// <summary>A volume that is a file or a device which is always there: nothing to activate, only to check.</summary>
internal static class FileVolume
{
    public static void Acquire(string path, bool readOnly)
    {
        if (Directory.Exists(path))
            throw new ResourceException($"{path} is a directory, not an image");
        if (!File.Exists(path))
            throw new ResourceException($"the image {path} does not exist");
        try
        {
            using var _ = new FileStream(path, FileMode.Open, readOnly ? FileAccess.Read : FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException($"the image {path} cannot be opened{(readOnly ? "" : " for writing")}: {e.Message}", e);
        }
    }
}
