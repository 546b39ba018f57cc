using System.Globalization;
using System.Text.Json;
using VmSupervisor.Linux;

namespace VmSupervisor.Qemu.Accelerators;

/// <summary>Remembers the last trial, so that a restarted supervisor need not repeat it.</summary>
/// <param name="path">A small file in the state directory; without it, or when it is damaged, nothing is remembered.</param>
internal sealed class TrialMemory(string path)
{
    /// <summary>What a trial is good for: this boot (so this kernel and its modules) and this QEMU.</summary>
    public static string KeyOf(string bootId, string qemu)
    {
        var file = new FileInfo(qemu);
        return string.Create(CultureInfo.InvariantCulture, $"{bootId} {qemu} {(file.Exists ? file.Length : 0)} {file.LastWriteTimeUtc.Ticks}");
    }

    /// <summary>What was remembered under a key.</summary>
    public TrialOutcome? Recall(string key)
    {
        try
        {
            return File.Exists(path) && JsonSerializer.Deserialize<Entry>(File.ReadAllBytes(path)) is { } entry && entry.Key == key && entry.Reason is not null
                ? new(entry.Works, true, entry.Reason)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Remembers; that it could not be written costs one more trial, nothing else.</summary>
    public void Keep(string key, TrialOutcome outcome)
    {
        try
        {
            DurableFile.Replace(path, JsonSerializer.Serialize(new Entry(key, outcome.Works, outcome.Reason)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As said.
        }
    }

    private sealed record Entry(string Key, bool Works, string? Reason);
}
