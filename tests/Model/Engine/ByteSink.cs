namespace VmSupervisor.Model.Engine;

/// <summary>A growing code, used again for every state.</summary>
internal sealed class ByteSink
{
    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Byte(byte value)
    {
        if (Length == _bytes.Length)
            Array.Resize(ref _bytes, Length * 2);
        _bytes[Length++] = value;
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>A number, small ones in one byte.</summary>
    public void Number(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest >= 0x80; rest >>= 7)
            Byte((byte)(rest | 0x80));
        Byte((byte)rest);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        while (Length + value.Length > _bytes.Length)
            Array.Resize(ref _bytes, _bytes.Length * 2);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }
}
