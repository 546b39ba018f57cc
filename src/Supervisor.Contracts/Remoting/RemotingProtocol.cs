namespace VmSupervisor.Contracts.Remoting;

/// <summary>Names and numbers of the remoting protocol: JSON-RPC 2.0 over a WebSocket (<c>docs/remoting.md</c>).</summary>
public static class RemotingProtocol
{
    /// <summary>Where the WebSocket is.</summary>
    public const string Path = "/v1/remoting";

    /// <summary>The version that is described there; the only one so far.</summary>
    public const int Version = 1;

    /// <summary>The longest wait in milliseconds: a day; longer ones are a mistake in the unit.</summary>
    public const long LongestDeadlineMs = 24L * 60 * 60 * 1000;

    /// <summary>Request: which versions the client speaks. The first one of every connection.</summary>
    public const string Hello = "hello";

    /// <summary>Request: a command, answered with the operation.</summary>
    public const string Ask = "ask";

    /// <summary>Notification: a command without an answer.</summary>
    public const string Tell = "tell";

    /// <summary>Notification: the answer to a pending request is not needed any more.</summary>
    public const string Cancel = "cancel";

    /// <summary>Request: one VM's view.</summary>
    public const string Vm = "vm";

    /// <summary>Request: every VM's view.</summary>
    public const string List = "list";

    /// <summary>Request: one operation.</summary>
    public const string Operation = "operation";

    /// <summary>Request: be told when a VM is gone, moved or back. Also the server's notification about that.</summary>
    public const string Watch = "watch";

    /// <summary>Request: the end of a watch.</summary>
    public const string Unwatch = "unwatch";

    /// <summary>Request: events from a position on.</summary>
    public const string Subscribe = "subscribe";

    /// <summary>Request: the end of a subscription.</summary>
    public const string Unsubscribe = "unsubscribe";

    /// <summary>The server's notification of one event.</summary>
    public const string Event = "event";

    /// <summary>The server's notification that a subscription has ended, and from where to read again.</summary>
    public const string Lost = "lost";
}
