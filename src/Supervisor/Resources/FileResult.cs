namespace VmSupervisor.Resources;

/// <summary>What became of a file that was to be made or removed.</summary>
internal abstract record FileResult
{
    private FileResult()
    {
    }

    /// <summary>It is as it was asked for, now or since before.</summary>
    public sealed record Done : FileResult;

    /// <summary>It is not.</summary>
    /// <param name="Reason">One line for a person.</param>
    public sealed record Failed(string Reason) : FileResult;
}
