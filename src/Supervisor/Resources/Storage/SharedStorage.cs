using VmSupervisor.Linux;

namespace VmSupervisor.Resources.Storage;

/// <summary>Nonces beside images.</summary>
/// <param name="time">The clock of the deadline.</param>
/// <param name="deadline">How long a mount may take to answer.</param>
/// <param name="draw">Draws what a nonce is made of, 32 hexadecimal digits.</param>
internal sealed class SharedStorage(TimeProvider time, TimeSpan deadline, Func<string> draw) : ISharedStorage
{
    /// <summary>5 s: a mount that answers does so in milliseconds, and a person waits.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly PatientFiles files = new(time, deadline);

    /// <inheritdoc/>
    public Task<NonceResult> WriteNonceAsync(string session, string image, CancellationToken cancellationToken) =>
        files.TryAsync<NonceResult>(image, () => Write(session, image), reason => new NonceResult.Unknown(reason), cancellationToken);

    /// <inheritdoc/>
    public Task<StorageSight> SeesAsync(string image, string token, CancellationToken cancellationToken) =>
        files.TryAsync<StorageSight>(image, () => Look(image, token), reason => new StorageSight.Unknown(reason), cancellationToken);

    /// <inheritdoc/>
    public Task<FileResult> RemoveNonceAsync(string session, string image, CancellationToken cancellationToken) =>
        files.TryAsync<FileResult>(image, () => Remove(session, image), reason => new FileResult.Failed(reason), cancellationToken);

    private NonceResult Write(string session, string image)
    {
        var real = Real(image);
        if (Unfit(real) is { } unfit)
            return new NonceResult.Unknown(unfit);
        var tag = Nonce.TagOf(session, real);
        var file = Nonce.FileOf(Path.GetDirectoryName(real)!, tag);
        var fresh = new Nonce(tag, draw());

        // Readable for a supervisor of another user on the other node.
        if (DurableFile.TryCreate(file, fresh.ToString(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead))
            return new NonceResult.Written(fresh.ToString());
        return Nonce.Read(Content(file)) is { } former && former.Tag == tag
            ? new NonceResult.Written(former.ToString())
            : new NonceResult.Unknown($"{file} is not what this session has written; remove it");
    }

    private static StorageSight Look(string image, string token)
    {
        if (Nonce.Read(token) is not { } nonce)
            return new StorageSight.Unknown("what the other node says it has written is not a nonce");
        var real = Real(image);
        if (FileNumber.IsRegular(real) is null)
            return new StorageSight.Apart($"{image} does not exist here");
        if (Unfit(real) is { } unfit)
            return new StorageSight.Unknown(unfit);
        var found = Content(Nonce.FileOf(Path.GetDirectoryName(real)!, nonce.Tag));
        return found == nonce.ToString()
            ? new StorageSight.Shared()
            : new StorageSight.Apart($"what the other node wrote beside its {Path.GetFileName(image)} is not beside {image} here");
    }

    private static FileResult Remove(string session, string image)
    {
        var real = Real(image);
        if (Path.GetDirectoryName(real) is not { } directory || !Directory.Exists(directory))
            return new FileResult.Done();
        foreach (var file in Directory.GetFiles(directory, Path.GetFileName(Nonce.FileOf(directory, Nonce.TagOf(session, real))) + "*"))
            File.Delete(file);
        return new FileResult.Done();
    }

    /// <summary>Where the image is, also behind a link; what lies beside the link says nothing.</summary>
    private static string Real(string image) =>
        Path.GetFullPath(FileNumber.IsRegular(image) is null ? image : File.ResolveLinkTarget(image, returnFinalTarget: true)?.FullName ?? image);

    /// <summary>What is in a file of a nonce's size; nothing else is read.</summary>
    private static string? Content(string file) =>
        FileNumber.IsRegular(file) == true && FileNumber.Of(file)?.Size == Nonce.Size ? PlainFile.Read(file) : null;

    /// <summary>Why nothing can be told of what a path leads to; null when it can.</summary>
    private static string? Unfit(string real) => FileNumber.IsRegular(real) switch
    {
        null => $"{real} does not exist",

        // Its number and its directory are this host's own.
        false => $"{real} is not a file: whether another host has the same device cannot be told from here",
        true => null,
    };
}
