namespace VmSupervisor.Actors.TestKit;

/// <summary>Something was expected and did not come, or came and was not expected.</summary>
/// <param name="message">What was expected and what was found.</param>
public sealed class TestKitException(string message) : Exception(message);
