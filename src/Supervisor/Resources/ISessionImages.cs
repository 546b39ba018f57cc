using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Resources;

/// <summary>
/// The images of a VM that moves with its storage: made empty where it goes, removed where it was. None of the calls throws
/// for trouble of the host; each may be repeated by another supervisor after this one was killed in the middle.
/// </summary>
internal interface ISessionImages
{
    /// <summary>Whether an image could be made here, without making it.</summary>
    Task<FileResult> CheckAsync(string path, CancellationToken cancellationToken);

    /// <summary>
    /// Makes an empty image. One that this session has made already is left as it is, whatever is in it by now; anything
    /// else under that path is refused, and so is a directory that does not exist.
    /// </summary>
    Task<FileResult> CreateAsync(string session, NewImage image, CancellationToken cancellationToken);

    /// <summary>
    /// The image is the VM's own from now on: no session removes it any more. Fine when the session has made none there.
    /// </summary>
    Task<FileResult> KeepAsync(string session, string path, CancellationToken cancellationToken);

    /// <summary>
    /// Removes what the session has made and not given away, and nothing else: an image that somebody has put in its place
    /// stays. Only once no process has it open any more.
    /// </summary>
    Task<FileResult> RemoveAsync(string session, string path, CancellationToken cancellationToken);

    /// <summary>
    /// Removes an image that lives on elsewhere; fine when it is gone. Only a file: a link, whose image somebody has put
    /// elsewhere on purpose, and a device are refused.
    /// </summary>
    Task<FileResult> RemoveMovedAsync(string path, CancellationToken cancellationToken);
}

/// <summary>An image that is wanted.</summary>
/// <param name="Path">Where, absolute.</param>
/// <param name="Format">What it is to be.</param>
/// <param name="Size">The size of the disk in it, in bytes; a multiple of 512.</param>
internal sealed record NewImage(string Path, DiskFormat Format, long Size);
