namespace VmSupervisor.Hocon;

/// <summary>
/// Includes from the file system. A name without an extension stands for the file of that name, then <c>name.json</c>,
/// then <c>name.conf</c>; those that exist are merged in that order.
/// </summary>
public sealed class HoconFileIncludes : IHoconIncludes
{
    /// <inheritdoc/>
    public IReadOnlyList<HoconText> Find(string name, string includingFile)
    {
        var path = Path.Combine(Path.GetDirectoryName(includingFile) ?? "", name);
        string[] candidates = Path.HasExtension(path) ? [path] : [path, path + ".json", path + ".conf"];
        return [.. candidates.Where(File.Exists).Select(HoconText.Read)];
    }
}
