namespace VmSupervisor.Resources;

/// <summary>
/// Finds out whether two nodes have the same image under a path, instead of believing it: one node writes a nonce beside
/// the image, the other looks for it. Either may write. None of the calls throws for trouble of the host, and none takes
/// longer than its deadline: a mount whose server is gone is <em>unknown</em>. Each may be repeated by another supervisor
/// after this one was killed in the middle.
/// </summary>
/// <remarks>
/// It proves that the directory is the same, whatever it is called or mounted as. A copy that something keeps up to date
/// behind our back can be taken for the same only if it copies within the moment between the two calls. The name is drawn
/// from the session, so that no node has looked for it before: an NFS client also remembers what was not there.
/// </remarks>
internal interface ISharedStorage
{
    /// <summary>
    /// Writes the nonce beside an image; one that this session has written already is that one. A directory that cannot be
    /// written to is unknown: then the other node may write and this one look.
    /// </summary>
    Task<NonceResult> WriteNonceAsync(string session, string image, CancellationToken cancellationToken);

    /// <summary>Looks for the nonce of another node beside an image of this one.</summary>
    /// <param name="image">The image's path here.</param>
    /// <param name="token">What the other node was given; it comes over the network and is checked.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    Task<StorageSight> SeesAsync(string image, string token, CancellationToken cancellationToken);

    /// <summary>Removes the nonce of a session, and what a supervisor left that was killed while it wrote; fine when there is none.</summary>
    Task<FileResult> RemoveNonceAsync(string session, string image, CancellationToken cancellationToken);
}

/// <summary>What became of a nonce that was to be written.</summary>
internal abstract record NonceResult
{
    private NonceResult()
    {
    }

    /// <summary>It is there.</summary>
    /// <param name="Token">What the other node needs to find it.</param>
    public sealed record Written(string Token) : NonceResult;

    /// <summary>It is not, and so nothing can be told from this side.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Unknown(string Reason) : NonceResult;
}

/// <summary>Whether an image is another node's.</summary>
internal abstract record StorageSight
{
    private StorageSight()
    {
    }

    /// <summary>It is: this node sees what the other one wrote beside it.</summary>
    public sealed record Shared : StorageSight;

    /// <summary>It is not.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Apart(string Reason) : StorageSight;

    /// <summary>It cannot be told; neither one nor the other.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Unknown(string Reason) : StorageSight;
}
