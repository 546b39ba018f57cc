using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Resources.Volumes;

/// <summary>Images, and devices that are always there: nothing to activate, only to check.</summary>
internal sealed class FileVolumes : IVolumeKind
{
    public string Type => DiskType.File;

    public Task<string> AcquireAsync(VolumeRequest request, CancellationToken cancellationToken)
    {
        Check(request.Volume, request.Readonly);
        return Task.FromResult(request.Volume);
    }

    public Task ReleaseAsync(VolumeRequest request, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> LookAsync(VolumeRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(File.Exists(request.Volume) ? request.Volume : null);

    /// <exception cref="ResourceException">It is not there, or cannot be opened as the guest needs it.</exception>
    public static void Check(string path, bool readOnly)
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
