using VmSupervisor.Cli.Definitions;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Hocon;

namespace VmSupervisor.Scenarios.Tests.Text;

internal static class DefinitionTexts
{
    /// <summary>A command whose relative paths start at a directory.</summary>
    public static VmCommand Below(this VmCommand command, string directory) =>
        command is VmCommand.Backup backup ? backup with { Directory = Path.Combine(directory, backup.Directory) } : command;

    /// <summary>Reads a definition as the CLI does, relative paths from a directory; faults name its place in the scenario.</summary>
    public static VmDefinition Read(this DefinitionText text, string directory) =>
        DefinitionFile.Read(new HoconText(new string('\n', text.Line - 1) + text.Hocon, text.File), directory, _ => null);
}
