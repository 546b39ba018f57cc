using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli;

/// <summary>What scripts test. Fixed.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int Refused = 4;
    public const int Unreachable = 5;
    public const int TimedOut = 6;
    public const int NotAllowed = 7;

    /// <summary>As shells report a program that SIGINT has ended.</summary>
    public const int Interrupted = 130;

    // As shells report a program that SIGPIPE has ended.
    private const int BrokenPipe = 141;

    // EPIPE of Linux, which .NET passes on as it is.
    private const int Epipe = 32;

    /// <summary>Output could not be written: silent when its reader has gone away (<c>vmsup events --follow | head</c>).</summary>
    public static int OfOutput(IOException e, TextWriter error)
    {
        if (e.HResult == Epipe)
            return BrokenPipe;
        error.WriteLine($"vmsup: the output cannot be written: {e.Message}");
        return Failed;
    }

    /// <summary>The kind of problem that another program of ours meant by its exit code.</summary>
    public static ProblemKind KindOf(int exitCode) => exitCode switch
    {
        Usage => ProblemKind.Invalid,
        NotFound => ProblemKind.NotFound,
        Refused => ProblemKind.Conflict,
        _ => ProblemKind.Failed,
    };

    public static int Of(ProblemKind kind) => kind switch
    {
        ProblemKind.Failed => Failed,
        ProblemKind.Invalid => Usage,
        ProblemKind.NotFound => NotFound,
        ProblemKind.Conflict => Refused,
        ProblemKind.Unavailable => Unreachable,
        ProblemKind.TimedOut => TimedOut,
        ProblemKind.Forbidden => NotAllowed,
        _ => Failed,
    };
}
