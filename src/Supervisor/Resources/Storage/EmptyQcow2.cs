using System.Buffers.Binary;

namespace VmSupervisor.Resources.Storage;

/// <summary>
/// An empty qcow2 image, version 3, as QEMU's <c>docs/interop/qcow2.txt</c> has it: header, reference counts and a first
/// level table that leads nowhere. No QEMU runs yet where one is needed, and <c>qemu-img</c> is a package of its own.
/// </summary>
internal static class EmptyQcow2
{
    private const int ClusterBits = 16, Cluster = 1 << ClusterBits;
    private const int RefcountTable = 1, RefcountBlock = 2, FirstLevel = 3;

    /// <summary>What an entry of the first level leads to: a cluster of entries of 8 bytes, each to a cluster.</summary>
    private const long EntryCovers = (long)Cluster * (Cluster / 8);

    /// <summary>The most that one block of reference counts of 16 bits allows for, some 16 PiB: more than a file has.</summary>
    private const int MostClusters = Cluster / 2;

    /// <summary>Writes it into an empty file.</summary>
    /// <exception cref="IOException">It could not be written, or is larger than any file.</exception>
    public static void Write(Stream file, long size)
    {
        var entries = (size + EntryCovers - 1) / EntryCovers;
        var clusters = FirstLevel + (((entries * 8) + Cluster - 1) / Cluster);
        if (clusters > MostClusters)
            throw new IOException($"a disk of {size} bytes is too large for qcow2");

        var start = new byte[FirstLevel * Cluster];
        Header(start, size, entries);
        BinaryPrimitives.WriteInt64BigEndian(start.AsSpan(RefcountTable * Cluster), RefcountBlock * Cluster);
        for (var i = 0; i < clusters; i++)
            BinaryPrimitives.WriteUInt16BigEndian(start.AsSpan((RefcountBlock * Cluster) + (i * 2)), 1);
        file.Write(start);
        file.SetLength(clusters * Cluster);
    }

    private static void Header(Span<byte> at, long size, long entries)
    {
        const uint magic = 0x5146_49fb;
        const int version = 3, refcountOrder = 4, length = 104;
        BinaryPrimitives.WriteUInt32BigEndian(at, magic);
        BinaryPrimitives.WriteInt32BigEndian(at[4..], version);
        BinaryPrimitives.WriteInt32BigEndian(at[20..], ClusterBits);
        BinaryPrimitives.WriteInt64BigEndian(at[24..], size);
        BinaryPrimitives.WriteInt32BigEndian(at[36..], (int)entries);
        BinaryPrimitives.WriteInt64BigEndian(at[40..], FirstLevel * Cluster);
        BinaryPrimitives.WriteInt64BigEndian(at[48..], RefcountTable * Cluster);
        BinaryPrimitives.WriteInt32BigEndian(at[56..], 1);
        BinaryPrimitives.WriteInt32BigEndian(at[96..], refcountOrder);
        BinaryPrimitives.WriteInt32BigEndian(at[100..], length);
    }
}
