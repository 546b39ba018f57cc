using System.Text;

namespace VmSupervisor.Hocon;

/// <summary>One layer of a configuration: a text, or one setting from a command line.</summary>
public abstract record HoconSource
{
    private protected HoconSource()
    {
    }
}

/// <summary>A text in HOCON (so also in JSON).</summary>
/// <param name="Text">The text. A byte order mark is ignored.</param>
/// <param name="FileName">Its name in faults, and where relative includes start.</param>
public sealed record HoconText(string Text, string FileName) : HoconSource
{
    /// <summary>Reads a file, which must be UTF-8.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="HoconException">It is not valid UTF-8.</exception>
    public static HoconText Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        try
        {
            return new HoconText(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes), path);
        }
        catch (DecoderFallbackException bad)
        {
            var before = bytes.AsSpan(0, Math.Clamp(bad.Index, 0, bytes.Length));
            var lineStart = before.LastIndexOf((byte)'\n') + 1;
            throw new HoconException(
                new HoconOrigin(path, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1),
                "found bytes that are not UTF-8; the file must be UTF-8");
        }
    }
}

/// <summary>
/// One setting as a command line gives it: <c>path=value</c>. Everything after the first <c>=</c> is a plain string
/// that is converted to the setting's type when it is asked for; a value that starts with <c>[</c>, <c>{</c> or
/// <c>"</c> is HOCON.
/// </summary>
/// <param name="Argument">The argument, <c>path=value</c>.</param>
/// <param name="FileName">What stands for the file in faults; the column counts within the argument.</param>
public sealed record HoconSetting(string Argument, string FileName = "--set") : HoconSource;
