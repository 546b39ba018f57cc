namespace VmSupervisor.Actors.TestKit.Journals;

/// <summary>A journal does not do what every journal must.</summary>
/// <param name="message">What was expected and what was found.</param>
public sealed class ConformanceException(string message) : Exception(message);
