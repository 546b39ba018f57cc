namespace VmSupervisor.Hocon.Tests;

/// <summary>Short words for the tests: texts in, JSON or faults out.</summary>
internal static class Reading
{
    public static string Json(string text, HoconOptions? options = null) =>
        HoconDocument.Parse(text, "a.conf", options).Root.ToJson();

    public static HoconObject Read(string text, HoconOptions? options = null) =>
        HoconDocument.Parse(text, "a.conf", options).AsObject();

    /// <summary>The faults, one line each.</summary>
    public static string[] Faults(Action read) => [.. Assert.Throws<HoconException>(read).Faults.Select(fault => fault.ToString())];

    public static string Fault(string text, HoconOptions? options = null) => Assert.Single(Faults(() => Json(text, options)));

    public static HoconOptions With(params (string Name, string Value)[] environment) => new()
    {
        Environment = name => environment.Where(pair => pair.Name == name).Select(pair => pair.Value).FirstOrDefault(),
    };
}

/// <summary>Files in memory, found relative to the directory of the including one.</summary>
internal sealed class MemoryIncludes(params (string Name, string Text)[] files) : IHoconIncludes
{
    public IReadOnlyList<HoconText> Find(string name, string includingFile)
    {
        var path = Path.Combine(Path.GetDirectoryName(includingFile)!, name);
        return [.. files.Where(file => file.Name == path).Select(file => new HoconText(file.Text, file.Name))];
    }
}
