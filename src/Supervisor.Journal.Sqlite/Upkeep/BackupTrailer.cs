using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Journal.Sqlite;

/// <summary>
/// The last line of a backup: what it is, and a checksum over all before it and over this. A backup is an SQLite
/// database that any tool opens, since SQLite does not look behind the pages which its header counts; and one file, so
/// that the checksum cannot be lost.
/// </summary>
/// <remarks><c>vmsup-journal-backup 1 SHA256 {"source":…,"takenAt":…,"bytes":…}</c></remarks>
internal static class BackupTrailer
{
    private const string Prefix = "\nvmsup-journal-backup 1 ";
    private const int DigestLength = 2 * SHA256.HashSizeInBytes;
    private const int Longest = 1024;
    private const int Portion = 1 << 20;

    /// <summary>Appends it.</summary>
    public static BackupLabel Append(FileStream file, BackupLabel label, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.Serialize(new Content(label.Source, label.TakenAt, file.Length), TrailerJson.Default.Content);
        var digest = Digest(file, file.Length, text, cancellationToken);
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes($"{Prefix}{digest} {text}\n"));
        return label with { Sha256 = digest };
    }

    /// <summary>What the file says of itself, how much of it is the database, and what is wrong; all null for a file without a trailer.</summary>
    public static (BackupLabel? Label, long Bytes, string? Fault) Read(FileStream file, CancellationToken cancellationToken)
    {
        var tail = new byte[Math.Min(Longest, file.Length)];
        file.Seek(-tail.Length, SeekOrigin.End);
        file.ReadExactly(tail);
        var text = Encoding.UTF8.GetString(tail);
        var at = text.LastIndexOf(Prefix, StringComparison.Ordinal);
        if (at < 0)
            return (null, file.Length, null);
        var line = text[(at + Prefix.Length)..];
        if (line.Length < DigestLength + 2 || line[DigestLength] != ' ' || !line.EndsWith('\n') || Parse(line[(DigestLength + 1)..^1]) is not { } content)
            return (null, file.Length, "its last line, with the checksum, is damaged");
        var label = new BackupLabel(content.Source, content.TakenAt, line[..DigestLength]);
        var rest = Encoding.UTF8.GetByteCount(Prefix + line);
        if (content.Bytes != file.Length - rest)
            return (label, file.Length - rest, $"it has {file.Length - rest} bytes, and had {content.Bytes} when it was made");
        var digest = Digest(file, content.Bytes, line[(DigestLength + 1)..^1], cancellationToken);
        return (label, content.Bytes, digest == label.Sha256 ? null : "its checksum is wrong: it is not what was written");
    }

    private static Content? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, TrailerJson.Default.Content);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Digest(FileStream file, long length, string label, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Portion];
        file.Seek(0, SeekOrigin.Begin);
        while (length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = file.Read(buffer.AsSpan(0, (int)Math.Min(length, Portion)));
            if (read == 0)
                break;
            hash.AppendData(buffer, 0, read);
            length -= read;
        }

        hash.AppendData(Encoding.UTF8.GetBytes(label));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    internal sealed record Content(string Source, DateTimeOffset TakenAt, long Bytes);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupTrailer.Content))]
internal sealed partial class TrailerJson : JsonSerializerContext;
