namespace VmSupervisor.Scenarios.Tests.Text;

/// <summary>A scenario that cannot be read or played: each line begins with <c>file:line:</c>.</summary>
internal sealed class ScenarioException(params IEnumerable<string> faults) : Exception
{
    public ScenarioException(string file, int line, string what)
        : this($"{file}:{line}: {what}")
    {
    }

    public IReadOnlyList<string> Faults { get; } = [.. faults];

    public override string Message => string.Join('\n', Faults);
}
