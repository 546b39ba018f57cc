using System.Security.Cryptography;
using System.Text;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Linux;

namespace VmSupervisor.Resources.Volumes;

/// <summary>Files behind loop devices that this node attaches and detaches.</summary>
/// <remarks>
/// The device carries a label of owner and file from the moment it is attached, so it is found again by whoever comes
/// after a crash, and nobody's else is touched, also when it has the same file behind it.
/// </remarks>
internal sealed class LoopVolumes : IVolumeKind
{
    public string Type => DiskType.Loop;

    public Task<string> AcquireAsync(VolumeRequest request, CancellationToken cancellationToken)
    {
        FileVolumes.Check(request.Volume, request.Readonly);
        return Task.FromResult(Do(() => Find(request)?.Path ?? LoopDevice.Attach(request.Volume, request.Readonly, LabelOf(request))));
    }

    public Task ReleaseAsync(VolumeRequest request, CancellationToken cancellationToken)
    {
        if (Do(() => Find(request) is { } device && !device.Detach() ? device.Path : null) is { } busy)
            throw new ResourceException($"{busy} is still in use, and {request.Volume} is behind it (fuser {busy})");
        return Task.CompletedTask;
    }

    public Task<string?> LookAsync(VolumeRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(Do(() => Find(request)?.Path));

    /// <summary>The label under which it is found again; for a person it begins with who it is.</summary>
    internal static string LabelOf(VolumeRequest request)
    {
        var (owner, file) = (request.Owner, request.Volume);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{owner.Node}/{owner.Vm}/{(request.Readonly ? "ro" : "rw")}/{file}"));
        return $"vmsup/{owner.Vm}/{Convert.ToHexStringLower(hash.AsSpan(0, 16))}";
    }

    private static LoopDevice? Find(VolumeRequest request) => LoopDevice.All().FirstOrDefault(device => device.Label == LabelOf(request));

    private static T Do<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException(e.Message, e);
        }
    }
}
