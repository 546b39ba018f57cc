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
