namespace VmSupervisor.Contracts.Definitions.Reading;

/// <summary>What is behind a disk.</summary>
internal readonly record struct DiskVolumeAspect(string Type, string? Path, string? Script)
{
    private const string AllowedVolume = "the volume's name, as its kind knows it";

    public static DiskVolumeAspect Read(Fields disk)
    {
        var type = disk.Find("type")?.Kind(DiskType.OwnPrefix, DiskType.File, DiskType.Loop, DiskType.Script) ?? DiskType.File;
        return new(type, ReadVolume(disk, type), ReadScript(disk, type));
    }

    public static string KeyOf(string type) => type is DiskType.File or DiskType.Loop ? "path" : "volume";

    private static string? ReadVolume(Fields disk, string type)
    {
        var path = disk.Find("path");
        var volume = disk.Find("volume");
        if (KeyOf(type) == "path")
        {
            volume?.Fault($"a volume on a disk of type {type}", "no volume (its path says what it is)");
            if (path is null)
                disk.Fault("path", "nothing", "an absolute path");
            return path?.AbsolutePath();
        }

        path?.Fault($"a path on a disk of type {type}", "no path (its volume says what it is)");
        if (volume is null)
            disk.Fault("volume", "nothing", AllowedVolume);
        return volume?.Text(AllowedVolume, text => text.Length > 0 && text[0] != '-' && !text.Any(char.IsControl));
    }

    private static string? ReadScript(Fields disk, string type)
    {
        var script = disk.Find("script");
        if (type == DiskType.Script)
        {
            if (script is null)
                disk.Fault("script", "nothing", "an absolute path");
            return script?.AbsolutePath();
        }

        script?.Fault($"a script on a disk of type {type}", "no script (type = script has one)");
        return null;
    }
}
