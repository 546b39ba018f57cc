using System.Text.Json;
using System.Text.Json.Serialization;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Access.Tokens;

/// <summary>A token as it is kept: with a hash in place of its secret.</summary>
/// <param name="Id">The public part of its text.</param>
/// <param name="Hash">SHA-256 of the secret part. It has 256 bits of chance, so nothing slower than that is needed.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Grant">What its bearer may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">By whom.</param>
/// <param name="ExpiresAt">From when on it is worth nothing.</param>
internal sealed record StoredToken(string Id, string Hash, string Name, Grant Grant, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset ExpiresAt)
{
    public TokenView ViewAt(DateTimeOffset now) => new(Id, Name, Grant.Role, Grant.Vms, CreatedAt, CreatedBy, ExpiresAt, now >= ExpiresAt);
}

/// <summary>The file of tokens.</summary>
/// <param name="Version">Of its form.</param>
/// <param name="Tokens">All of them.</param>
internal sealed record TokenFile([property: JsonRequired] int Version, [property: JsonRequired] TokenFile.Line[] Tokens)
{
    private const int CurrentVersion = 1;

    public static byte[] Write(IEnumerable<StoredToken> tokens) => JsonSerializer.SerializeToUtf8Bytes(
        new TokenFile(CurrentVersion, [.. tokens.OrderBy(token => token.Name, StringComparer.Ordinal).Select(Line.Of)]), TokenJson.Default.TokenFile);

    /// <exception cref="JsonException">It is no such file.</exception>
    public static IEnumerable<StoredToken> Read(byte[] bytes) => JsonSerializer.Deserialize(bytes, TokenJson.Default.TokenFile) switch
    {
        { Version: CurrentVersion } file => file.Tokens.Select(line => line.ToToken()),
        var file => throw new JsonException($"found version {file?.Version}, known is {CurrentVersion}: it is of a newer vmsupd"),
    };

    /// <summary>One token.</summary>
    public sealed record Line(
        [property: JsonRequired] string Id, [property: JsonRequired] string Hash, [property: JsonRequired] string Name, [property: JsonRequired] string Role,
        int[]? Vms, DateTimeOffset CreatedAt, string CreatedBy, [property: JsonRequired] DateTimeOffset ExpiresAt)
    {
        public static Line Of(StoredToken token) => new(
            token.Id, token.Hash, token.Name, EnumNames<Role>.Of(token.Grant.Role), token.Grant.Vms?.Select(vm => vm.Value).ToArray(), token.CreatedAt, token.CreatedBy, token.ExpiresAt);

        public StoredToken ToToken() => EnumNames<Role>.TryParse(Role, out var role)
            ? new(Id, Hash, Name, new Grant(role, Vms?.Select(vm => new VmId(vm)).ToValueList()), CreatedAt, CreatedBy, ExpiresAt)
            : throw new JsonException($"found the role '{Role}' of the token '{Name}'");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(TokenFile))]
internal sealed partial class TokenJson : JsonSerializerContext;
