using System.Text.Json;
using VmSupervisor.Daemon.CommandLine;
using VmSupervisor.Hocon;

namespace VmSupervisor.Daemon.Configuration;

/// <summary>The layers of the configuration, each over the one before.</summary>
internal static class ConfigurationSources
{
    /// <summary>The defaults, the file, <c>--set</c>, the flags.</summary>
    /// <exception cref="HoconException">A text is not HOCON.</exception>
    public static HoconObject Read(DaemonArguments arguments)
    {
        var layers = new List<HoconSource> { Reference() };
        if (arguments.ConfigFile is { } file)
            layers.Add(ReadFile(file));
        layers.AddRange(arguments.Settings.Select(setting => new HoconSetting(setting)));

        // The value of a flag is never HOCON: a directory may be called "[x]".
        layers.AddRange(arguments.Flags.Select(flag => new HoconSetting($"{flag.Setting}={JsonSerializer.Serialize(flag.Value)}", flag.Flag)));
        return HoconDocument.Parse(layers, HoconOptions.Local).AsObject();
    }

    /// <summary>The defaults, which the binary carries.</summary>
    public static HoconText Reference()
    {
        using var stream = typeof(ConfigurationSources).Assembly.GetManifestResourceStream("reference.conf")
            ?? throw new InvalidOperationException("reference.conf is missing from the binary");
        using var reader = new StreamReader(stream);
        return new HoconText(reader.ReadToEnd(), "reference.conf");
    }

    private static HoconText ReadFile(string file)
    {
        try
        {
            return HoconText.Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new HoconException([new HoconFault(new HoconOrigin(file, 1, 1), "", $"the configuration file cannot be read: {e.Message}")]);
        }
    }
}
