namespace VmSupervisor.Cli.Definitions;

/// <summary>A definition file that cannot be used: everything that is wrong with it, a line each.</summary>
internal sealed class DefinitionFileException(IEnumerable<string> lines) : Exception
{
    public IReadOnlyList<string> Lines { get; } = [.. lines];

    public override string Message => string.Join('\n', Lines);
}
