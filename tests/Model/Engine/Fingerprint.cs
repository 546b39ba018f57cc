using System.Buffers.Binary;
using System.Numerics;

namespace VmSupervisor.Model.Engine;

/// <summary>
/// 128 bits of a state's code (the rounds of MurmurHash3, x64). With 10^8 states the chance that two different ones are
/// taken for the same is below 10^-22.
/// </summary>
internal readonly record struct Fingerprint(ulong High, ulong Low)
{
    private const ulong C1 = 0x87c37b91114253d5;
    private const ulong C2 = 0x4cf5ad432745937f;

    public static Fingerprint Of(ReadOnlySpan<byte> code)
    {
        ulong a = 0, b = 0;
        var length = (ulong)code.Length;
        Span<byte> block = stackalloc byte[16];
        while (code.Length > 0)
        {
            if (code.Length >= 16)
            {
                Mix(code, ref a, ref b);
                code = code[16..];
                continue;
            }

            block.Clear();
            code.CopyTo(block);
            Mix(block, ref a, ref b);
            break;
        }

        a ^= length;
        b ^= length;
        a += b;
        b += a;
        a = Finish(a);
        b = Finish(b);
        a += b;
        return new(a, b + a);
    }

    private static void Mix(ReadOnlySpan<byte> block, ref ulong a, ref ulong b)
    {
        a ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(block) * C1, 31) * C2;
        a = ((BitOperations.RotateLeft(a, 27) + b) * 5) + 0x52dce729;
        b ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(block[8..]) * C2, 33) * C1;
        b = ((BitOperations.RotateLeft(b, 31) + a) * 5) + 0x38495ab5;
    }

    private static ulong Finish(ulong k)
    {
        k = (k ^ (k >> 33)) * 0xff51afd7ed558ccd;
        k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53;
        return k ^ (k >> 33);
    }
}
