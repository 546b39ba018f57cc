namespace VmSupervisor.Consoles;

/// <summary>A client does not take what is sent to it.</summary>
/// <param name="message">How that shows, for the client and for the log.</param>
internal sealed class SlowClientException(string message) : Exception(message);
