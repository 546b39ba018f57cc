using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Linux;

namespace VmSupervisor.Resources.Storage;

/// <summary>Images that sessions make and remove.</summary>
/// <remarks>
/// An image is made whole under the name <c>PATH.TAG.incoming</c>, taken exclusively, and gets its own name by a hard link,
/// which refuses to replace. The first name stays as the proof that the image is the session's, since both are the same
/// file; it goes when the image is given away. So at any moment, also after a power cut, the files alone tell what may be
/// removed.
/// </remarks>
internal sealed class SessionImages(TimeProvider time, TimeSpan deadline) : ISessionImages
{
    /// <summary>30 s: a file system may take seconds to give back the blocks of a large image.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly PatientFiles files = new(time, deadline);

    /// <inheritdoc/>
    public Task<FileResult> CheckAsync(string path, CancellationToken cancellationToken) => TryAsync(path, () => Check(path), cancellationToken);

    /// <inheritdoc/>
    public Task<FileResult> CreateAsync(string session, NewImage image, CancellationToken cancellationToken) =>
        TryAsync(image.Path, () => Create(MarkOf(session, image.Path), image), cancellationToken);

    /// <inheritdoc/>
    public Task<FileResult> KeepAsync(string session, string path, CancellationToken cancellationToken) =>
        TryAsync(path, () => Delete(MarkOf(session, path)), cancellationToken);

    /// <inheritdoc/>
    public Task<FileResult> RemoveAsync(string session, string path, CancellationToken cancellationToken) => TryAsync(
        path,
        () =>
        {
            var mark = MarkOf(session, path);
            if (IsSame(mark, path))
                Delete(path);
            Delete(mark);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<FileResult> RemoveMovedAsync(string path, CancellationToken cancellationToken) => TryAsync(
        path,
        () =>
        {
            if (new FileInfo(path).LinkTarget is { } elsewhere)
                throw new IOException($"{path} is a link to {elsewhere}; remove them yourself");
            if (FileNumber.IsRegular(path) == false)
                throw new IOException($"{path} is not a file; make free yourself what is behind it");
            Delete(path);
        },
        cancellationToken);

    private Task<FileResult> TryAsync(string path, Action run, CancellationToken cancellationToken) => files.TryAsync<FileResult>(
        path,
        () =>
        {
            run();
            return new FileResult.Done();
        },
        reason => new FileResult.Failed(reason),
        cancellationToken);

    private static void Create(string mark, NewImage image)
    {
        if (IsSame(mark, image.Path))
            return;

        CheckDirectory(image.Path);

        // A supervisor was killed before it could give it its name.
        File.Delete(mark);
        Check(image.Path);
        Write(mark, image);
        if (LibC.Link(mark, image.Path) != 0)
        {
            var failure = Marshal.GetLastPInvokeError() == LibC.Exists ? Taken(image.Path) : LibC.Failure($"cannot make {image.Path}");
            File.Delete(mark);
            throw failure;
        }

        DurableFile.SyncDirectory(DirectoryOf(image.Path));
    }

    private static void Check(string path)
    {
        CheckDirectory(path);
        if (Path.Exists(path))
            throw Taken(path);
    }

    private static void CheckDirectory(string path)
    {
        if (!Directory.Exists(DirectoryOf(path)))
            throw new IOException($"{DirectoryOf(path)} does not exist; make it, or give the disk another path (--disk SRC=DST)");
    }

    private static void Write(string mark, NewImage image)
    {
        try
        {
            using var file = new FileStream(mark, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            switch (image.Format)
            {
                case DiskFormat.Raw:
                    file.SetLength(image.Size);
                    break;
                case DiskFormat.Qcow2:
                    EmptyQcow2.Write(file, image.Size);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(image), image.Format, "no such format");
            }

            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            File.Delete(mark);
            throw;
        }
    }

    private static void Delete(string path)
    {
        if (!Directory.Exists(DirectoryOf(path)))
            return;
        File.Delete(path);
        DurableFile.SyncDirectory(DirectoryOf(path));
    }

    private static bool IsSame(string mark, string path) =>
        FileNumber.Of(mark) is { } made && FileNumber.Of(path) is { } found && made.Number == found.Number;

    private static IOException Taken(string path) => new($"{path} exists already; remove it, or give the disk another path (--disk SRC=DST)");

    private static string MarkOf(string session, string path) =>
        $"{path}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session)))[..12]}.incoming";

    private static string DirectoryOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;
}
