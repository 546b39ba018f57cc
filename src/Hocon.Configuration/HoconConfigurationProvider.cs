using System.Text;
using Microsoft.Extensions.Configuration;

namespace VmSupervisor.Hocon.Configuration;

/// <summary>Reads a HOCON file into flat keys.</summary>
internal sealed class HoconConfigurationProvider(HoconConfigurationSource source) : FileConfigurationProvider(source)
{
    private readonly HoconOptions options = source.Options;

    public override void Load(Stream stream)
    {
        // The path on disk, where there is one: includes start there, and a person finds it.
        var path = Source.FileProvider?.GetFileInfo(Source.Path ?? "").PhysicalPath ?? Source.Path ?? "";
        var text = new HoconText(Read(stream, path), path);
        Data = Flattening.Of(HoconDocument.Parse([text], options).AsObject());
    }

    private static string Read(Stream stream, string path)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw new HoconException([new HoconFault(new HoconOrigin(path, 1, 1), "", "found bytes that are not UTF-8; the file must be UTF-8")]);
        }
    }
}
