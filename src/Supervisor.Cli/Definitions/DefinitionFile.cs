using System.Text.Json;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Hocon;

namespace VmSupervisor.Cli.Definitions;

/// <summary>
/// Reads a definition from HOCON: resolves includes and the environment, makes paths absolute, and leaves the rest to
/// the reader that the daemon uses, too. Faults come with the place where they were written.
/// </summary>
internal static class DefinitionFile
{
    /// <summary>The name that stands for standard input.</summary>
    public const string StandardInput = "-";

    // HOCON nests deeper than JSON readers allow unless told.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    /// <summary>Reads a file, or standard input, whose relative paths start at the working directory.</summary>
    /// <exception cref="DefinitionFileException">It cannot be read or is not a definition.</exception>
    public static VmDefinition Read(string file, Terminal terminal)
    {
        try
        {
            var text = file == StandardInput ? new HoconText(terminal.In().ReadToEnd(), "(standard input)") : HoconText.Read(file);
            return Read(text, DirectoryOf(file), terminal.Environment);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DefinitionFileException([$"vmsup: {file}: there is no such file"]);
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException) && Directory.Exists(file))
        {
            // The system says no more than that access to it is denied.
            throw new DefinitionFileException([$"vmsup: {file}: is a directory; name the definition file in it"]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DefinitionFileException([$"vmsup: {file}: cannot be read: {e.Message}"]);
        }
    }

    /// <summary>Reads a text, whose relative paths start at a directory.</summary>
    /// <exception cref="DefinitionFileException">It is not a definition.</exception>
    public static VmDefinition Read(HoconText text, string directory, Func<string, string?> environment)
    {
        try
        {
            return Read(HoconDocument.Parse([text], HoconOptions.Local with { Environment = environment }).AsObject(), directory);
        }
        catch (HoconException e)
        {
            throw new DefinitionFileException(e.Faults.Select(fault => fault.ToString()));
        }
    }

    private static VmDefinition Read(HoconObject written, string directory)
    {
        var absolute = DefinitionPaths.MakeAbsolute(written, directory);
        using var json = JsonDocument.Parse(absolute.ToJson(), Deep);
        var result = DefinitionReader.Read(json.RootElement);
        return result.Definition ?? throw new DefinitionFileException(InOrder(result.Faults, written));
    }

    private static IEnumerable<string> InOrder(IEnumerable<DefinitionFault> faults, HoconObject written) =>
        from fault in faults
        let origin = OriginOf(fault, written)
        orderby origin.Line, origin.Column
        select new HoconFault(origin, fault.Key, $"found {fault.Found}, allowed: {fault.Allowed}").ToString();

    private static HoconOrigin OriginOf(DefinitionFault fault, HoconObject written)
    {
        var path = HoconPath.Parse(fault.Key);
        // An unknown key is at fault itself; otherwise its value is.
        if (fault.Found == DefinitionFault.UnknownKey
            && path.Elements[^1].Key is { } key
            && HolderOf(path, written).TryGetField(key, out var field))
        {
            return field.KeyOrigin;
        }

        return written.OriginOf(path);
    }

    private static HoconObject HolderOf(HoconPath path, HoconObject written)
    {
        var holder = path.Elements.SkipLast(1).Aggregate(
            HoconPath.Root, (above, step) => step.Key is { } key ? above.Then(key) : above.Then(step.Index));
        return written.Find(holder) as HoconObject ?? written;
    }

    private static string DirectoryOf(string file) =>
        file == StandardInput ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";
}
