using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client;

/// <summary>No daemon answered: there is none, or the connection broke before its answer came.</summary>
public sealed class VmsupUnreachableException : VmsupException
{
    internal VmsupUnreachableException(string message, bool wasSent, Exception? innerException)
        : base(new Problem(ProblemKind.Unavailable, message), innerException: innerException) => WasSent = wasSent;

    /// <summary>
    /// Whether the request may have arrived. Then a command may or may not be carried out; giving it again with the
    /// same operation id finds out and does nothing twice.
    /// </summary>
    public bool WasSent { get; }
}
