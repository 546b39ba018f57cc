using System.Security.Cryptography;
using System.Text;

namespace VmSupervisor.AspNetCore.Access.Tokens;

/// <summary>
/// A token's text: <c>vmsup_ID_SECRET</c>, in hexadecimal digits. The first word lets programs that look for leaked secrets
/// know it; the second one finds it among others without comparing secrets.
/// </summary>
internal readonly record struct TokenSecret(string Id, string Secret)
{
    private const string Prefix = "vmsup";
    private const int IdBytes = 8, SecretBytes = 32;

    public static TokenSecret New() =>
        new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>Reads a token's text; false when it is none.</summary>
    public static bool TryParse(string text, out TokenSecret secret)
    {
        secret = default;
        if (text.Length > 200 || text.Split('_') is not [Prefix, { Length: 2 * IdBytes } id, { Length: 2 * SecretBytes } rest] || !id.All(IsDigit) || !rest.All(IsDigit))
            return false;
        secret = new(id, rest);
        return true;
    }

    /// <summary>What is stored of it.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Secret)));

    /// <summary>Compares with what was stored, in a time that does not depend on how much of it is right.</summary>
    public bool Matches(string hash) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash()), Encoding.ASCII.GetBytes(hash));

    /// <summary>The whole text.</summary>
    public string Reveal() => $"{Prefix}_{Id}_{Secret}";

    /// <summary>Without the secret, so that it gets into no log.</summary>
    public override string ToString() => $"{Prefix}_{Id}_…";

    private static bool IsDigit(char c) => char.IsAsciiHexDigitLower(c);
}
