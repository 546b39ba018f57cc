using VmSupervisor.Resources;

namespace VmSupervisor.TestKit;

/// <summary>What images a simulated node sees: its own, or those that it shares with other nodes. It outlives supervisors.</summary>
internal sealed class SimulatedStorage
{
    /// <summary>The images, with the session that has made each and not given it away; null for the VMs' own.</summary>
    public SortedDictionary<string, string?> Images { get; } = new(StringComparer.Ordinal);

    /// <summary>The nonces, by session and image.</summary>
    public Dictionary<(string Session, string Image), string> Nonces { get; } = [];
}

/// <summary>Images that are names only.</summary>
internal sealed class SimulatedImages(SimulatedStorage storage) : ISessionImages
{
    /// <summary>Why an image cannot be made; null when it can.</summary>
    public Func<NewImage, string?> CreateFails { get; set; } = _ => null;

    /// <summary>Why an image cannot be removed; null when it can.</summary>
    public Func<string, string?> RemoveFails { get; set; } = _ => null;

    /// <summary>What is there, with the session that may still remove it.</summary>
    public IEnumerable<(string Path, string? Session)> All => storage.Images.Select(image => (image.Key, image.Value));

    /// <summary>An image that no session has made.</summary>
    public void Add(string path) => storage.Images[path] = null;

    public Task<FileResult> CheckAsync(string path, CancellationToken cancellationToken) =>
        Try(() => storage.Images.ContainsKey(path) ? $"{path} exists already; remove it, or give the disk another path (--disk SRC=DST)" : null);

    public Task<FileResult> CreateAsync(string session, NewImage image, CancellationToken cancellationToken) => Try(() =>
    {
        if (storage.Images.TryGetValue(image.Path, out var maker))
            return maker == session ? null : $"{image.Path} exists already; remove it, or give the disk another path (--disk SRC=DST)";
        if (CreateFails(image) is { } why)
            return why;
        storage.Images[image.Path] = session;
        return null;
    });

    public Task<FileResult> KeepAsync(string session, string path, CancellationToken cancellationToken) => Try(() =>
    {
        if (storage.Images.TryGetValue(path, out var maker) && maker == session)
            storage.Images[path] = null;
        return null;
    });

    public Task<FileResult> RemoveAsync(string session, string path, CancellationToken cancellationToken) => Try(() =>
    {
        if (!storage.Images.TryGetValue(path, out var maker) || maker != session)
            return null;
        if (RemoveFails(path) is { } why)
            return why;
        storage.Images.Remove(path);
        return null;
    });

    public Task<FileResult> RemoveMovedAsync(string path, CancellationToken cancellationToken) => Try(() =>
    {
        if (RemoveFails(path) is { } why)
            return why;
        storage.Images.Remove(path);
        return null;
    });

    private static Task<FileResult> Try(Func<string?> run) =>
        Task.FromResult<FileResult>(run() is { } why ? new FileResult.Failed(why) : new FileResult.Done());
}

/// <summary>Nonces beside images that are names only: nodes with one storage see each other's.</summary>
internal sealed class SimulatedSharedStorage(SimulatedStorage storage) : ISharedStorage
{
    /// <summary>Why nothing can be told on this node; null when it can.</summary>
    public string? Unknown { get; set; }

    /// <summary>What is there and was not removed.</summary>
    public IReadOnlyCollection<string> Nonces => storage.Nonces.Values;

    public Task<NonceResult> WriteNonceAsync(string session, string image, CancellationToken cancellationToken)
    {
        if (Unknown is { } why)
            return Task.FromResult<NonceResult>(new NonceResult.Unknown(why));
        var token = storage.Nonces[(session, image)] = $"{session} {image}";
        return Task.FromResult<NonceResult>(new NonceResult.Written(token));
    }

    public Task<StorageSight> SeesAsync(string image, string token, CancellationToken cancellationToken) => Task.FromResult<StorageSight>(
        Unknown is { } why
            ? new StorageSight.Unknown(why)
            : storage.Nonces.Any(nonce => nonce.Key.Image == image && nonce.Value == token)
                ? new StorageSight.Shared()
                : new StorageSight.Apart($"what the other node wrote is not beside {image} here"));

    public Task<FileResult> RemoveNonceAsync(string session, string image, CancellationToken cancellationToken)
    {
        storage.Nonces.Remove((session, image));
        return Task.FromResult<FileResult>(new FileResult.Done());
    }
}
