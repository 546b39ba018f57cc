namespace VmSupervisor.Actors.Persistence.Batching;

/// <summary>What became of a batch.</summary>
public abstract record BatchResult
{
    private BatchResult() { }

    /// <summary>The transaction is committed and durable.</summary>
    /// <param name="Results">
    /// One answer per write, in the order of the batch. A write that was left out (a version conflict, a payload the
    /// store cannot hold) is answered so here; the others were written. A write other than an append is answered
    /// with <see cref="AppendResult.Appended"/>, zeros in it.
    /// </param>
    public sealed record Committed(IReadOnlyList<AppendResult> Results) : BatchResult;

    /// <summary>Nothing of the batch was written, for certain: there is no room.</summary>
    /// <param name="Cause">The root cause.</param>
    public sealed record Full(Exception Cause) : BatchResult;

    /// <summary>Nothing of the batch was written, for certain.</summary>
    /// <param name="Cause">The root cause.</param>
    public sealed record NotWritten(Exception Cause) : BatchResult;

    /// <summary>The commit itself failed: it may or may not survive.</summary>
    /// <param name="Cause">The root cause.</param>
    public sealed record Unknown(Exception Cause) : BatchResult;
}
