using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace VmSupervisor.Resources.Storage;

/// <summary>What is written beside an image: <c>TAG-DRAWN</c>. The tag is in the file's name, and all of it in the file.</summary>
/// <param name="Tag">Of the session and the image, so that whoever knows both finds the file again.</param>
/// <param name="Drawn">What nobody can know who does not see the file, or was told.</param>
internal sealed record Nonce(string Tag, string Drawn)
{
    /// <summary>Bytes in the file.</summary>
    public const int Size = TagLength + 1 + DrawnLength;

    private const int TagLength = 16, DrawnLength = 32;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static string TagOf(string session, string image) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{session}\0{Path.GetFileName(image)}")))[..TagLength];

    public static string Draw() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(DrawnLength / 2));

    /// <summary>Reads a token, which becomes a part of a path; null when it is none.</summary>
    public static Nonce? Read(string? token) =>
        token is { Length: Size } && token[TagLength] == '-'
        && !token.AsSpan(0, TagLength).ContainsAnyExcept(Digits) && !token.AsSpan(TagLength + 1).ContainsAnyExcept(Digits)
            ? new(token[..TagLength], token[(TagLength + 1)..])
            : null;

    /// <summary>Short, whatever the image is called, and out of the way of whoever lists images.</summary>
    public static string FileOf(string directory, string tag) => Path.Combine(directory, $".vmsup-{tag}.nonce");

    public override string ToString() => $"{Tag}-{Drawn}";
}
