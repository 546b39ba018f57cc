using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using VmSupervisor.Domain;

namespace VmSupervisor.Qemu.Memory;

/// <summary>What a saved state ends with: whose it is, and that it is whole.</summary>
/// <remarks>
/// QEMU's own format has neither. It takes a file whose end is missing as long as the devices are there, has no checksum,
/// and does not know a VM from another (checked on 7.2). What follows its last section it does not read. So a seal follows:
/// JSON, its length (8 bytes, little-endian), and a mark (8 bytes).
/// </remarks>
/// <param name="Vm">The VM.</param>
/// <param name="Incarnation">The life whose state it is.</param>
/// <param name="Length">How many bytes are QEMU's.</param>
/// <param name="Sha256">Their hash.</param>
/// <param name="Machine">The machine it was; empty when that is not known.</param>
internal sealed record StateSeal(int Vm, long Incarnation, long Length, string Sha256, IReadOnlyList<string> Machine)
{
    private const int Tail = 16, LongestSeal = 1 << 20;
    private static readonly byte[] Mark = "VMSUPST1"u8.ToArray();

    /// <summary>Seals what QEMU has written; not yet on disk.</summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static async Task ApplyAsync(string path, ProcessKey key, IReadOnlyList<string> machine, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var seal = new StateSeal(
            key.Vm.Value, key.Incarnation.Value, file.Length, await HashAsync(file.SafeFileHandle, file.Length, cancellationToken), machine);
        var json = JsonSerializer.SerializeToUtf8Bytes(seal);
        var tail = new byte[Tail];
        BinaryPrimitives.WriteInt64LittleEndian(tail, json.Length);
        Mark.CopyTo(tail, 8);
        file.Seek(0, SeekOrigin.End);
        await file.WriteAsync((byte[])[.. json, .. tail], cancellationToken);
    }

    /// <summary>The seal of a file; null when it has none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StateSeal? Read(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var tail = new byte[Tail];
        if (length < Tail || RandomAccess.Read(file, tail, length - Tail) != Tail || !tail.AsSpan(8).SequenceEqual(Mark))
            return null;
        var size = BinaryPrimitives.ReadInt64LittleEndian(tail);
        if (size is <= 0 or > LongestSeal || size > length - Tail)
            return null;
        var json = new byte[size];
        if (RandomAccess.Read(file, json, length - Tail - size) != size)
            return null;
        try
        {
            return JsonSerializer.Deserialize<StateSeal>(Encoding.UTF8.GetString(json)) is { Machine: not null } seal && seal.Length == length - Tail - size ? seal : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Why a state cannot go on as this life; null when it can.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<string?> ProblemAsync(
        SafeFileHandle file, string path, ProcessKey key, IReadOnlyList<string> machine, CancellationToken cancellationToken)
    {
        if (Read(file) is not { } seal)
            return $"{path} is not a complete saved state";
        if (seal.Vm != key.Vm.Value)
            return $"{path} is the saved state of vm {seal.Vm}";
        if (seal.Incarnation >= key.Incarnation.Value)
            return $"{path} was saved by incarnation {seal.Incarnation}, which is not before incarnation {key.Incarnation}";
        if (seal.Machine.Count > 0 && GuestMachine.Difference(seal.Machine, machine) is { } difference)
            return $"{path} was saved of another machine: {difference}";
        return await HashAsync(file, seal.Length, cancellationToken) == seal.Sha256 ? null : $"{path} is damaged: its content is not what was saved";
    }

    private static async Task<string> HashAsync(SafeFileHandle file, long length, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        for (long done = 0; done < length;)
        {
            var count = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - done)), done, cancellationToken);
            if (count == 0)
                throw new IOException("a saved state became shorter while it was read");
            hash.AppendData(buffer, 0, count);
            done += count;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
