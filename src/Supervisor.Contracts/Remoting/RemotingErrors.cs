using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Contracts.Remoting;

/// <summary>The codes of errors. They are stable; what is meant for people is the message.</summary>
public static class RemotingErrors
{
    /// <summary>The message is not JSON.</summary>
    public const int Unreadable = -32700;

    /// <summary>It is JSON and not a request of this protocol.</summary>
    public const int NoRequest = -32600;

    /// <summary>There is no such method.</summary>
    public const int NoSuchMethod = -32601;

    /// <summary>The parameters, or the command in them, are wrong (problem <c>invalid</c>).</summary>
    public const int Invalid = -32602;

    /// <summary>An error of the supervisor; its log says more.</summary>
    public const int Internal = -32603;

    /// <summary>The first request of a connection was not <c>hello</c>.</summary>
    public const int NoHello = -32000;

    /// <summary>No version in common; <c>data.versions</c> are those of the server.</summary>
    public const int NoCommonVersion = -32001;

    /// <summary>More is pending, watched or subscribed to on this connection than one client may have.</summary>
    public const int TooMany = -32002;

    /// <summary>The client has cancelled the request.</summary>
    public const int Cancelled = -32003;

    /// <summary>It was tried and failed.</summary>
    public const int Failed = -32010;

    /// <summary>There is no such VM or operation.</summary>
    public const int NotFound = -32011;

    /// <summary>The VM's state does not allow it, or the operation id was used for something else.</summary>
    public const int Conflict = -32012;

    /// <summary>The journal cannot take it, or the node is starting or stopping.</summary>
    public const int Unavailable = -32013;

    /// <summary>It took longer than was allowed, or the deadline was over before there was an answer.</summary>
    public const int TimedOut = -32014;

    /// <summary>The caller may not do this.</summary>
    public const int Forbidden = -32015;

    /// <summary>The code of a kind of problem.</summary>
    public static int CodeOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Failed => Failed,
        ProblemKind.Invalid => Invalid,
        ProblemKind.NotFound => NotFound,
        ProblemKind.Conflict => Conflict,
        ProblemKind.Unavailable => Unavailable,
        ProblemKind.TimedOut => TimedOut,
        ProblemKind.Forbidden => Forbidden,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The kind of problem that a code means, for errors without problem details.</summary>
    public static ProblemKind KindOf(int code) => code switch
    {
        Unreadable or NoRequest or NoSuchMethod or Invalid or NoHello => ProblemKind.Invalid,
        NotFound => ProblemKind.NotFound,
        Conflict or NoCommonVersion => ProblemKind.Conflict,
        Unavailable or TooMany => ProblemKind.Unavailable,
        TimedOut => ProblemKind.TimedOut,
        Forbidden => ProblemKind.Forbidden,
        _ => ProblemKind.Failed,
    };
}
