namespace VmSupervisor.Qemu.Qmp;

/// <summary>
/// Cuts a byte stream into lines, over one buffer that grows up to the longest line allowed. Every byte is looked at
/// once, however the stream is cut.
/// </summary>
internal sealed class QmpLineReader(Stream stream, int maxLine)
{
    private byte[] buffer = new byte[4096];
    private int start;
    private int scanned;
    private int end;

    /// <summary>
    /// The next line that is not empty, without its end; valid until the next call. Or the reason why there is none.
    /// </summary>
    public async ValueTask<QmpLine> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var at = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = buffer.AsMemory(start, scanned + at - start);
                start = scanned += at + 1;
                if (line.Length > maxLine)
                    return TooLong();
                if (line.Span is [.., (byte)'\r'])
                    line = line[..^1];
                if (line.Length > 0)
                    return new(line, null);
                continue;
            }

            scanned = end;
            if (end - start > maxLine)
                return TooLong();
            MakeRoom();
            int count;
            try
            {
                count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            }
            catch (IOException)
            {
                // A peer that dies with something of ours unread resets the connection: for us the same as an end.
                count = 0;
            }

            if (count == 0)
                return new(default, new(QmpFaultKind.Closed, end > start ? $"the monitor closed in the middle of a line ({QmpJson.Excerpt(buffer.AsSpan(start, end - start))})" : "the monitor closed"));
            end += count;
        }
    }

    private QmpLine TooLong() => new(default, new(QmpFaultKind.LineTooLong, $"the monitor sent a line of more than {maxLine} bytes"));

    private void MakeRoom()
    {
        if (start == end)
        {
            start = scanned = end = 0;
            return;
        }

        if (end < buffer.Length)
            return;
        var target = start > buffer.Length / 2 ? buffer : new byte[buffer.Length * 2];
        buffer.AsSpan(start, end - start).CopyTo(target);
        buffer = target;
        (end, scanned, start) = (end - start, scanned - start, 0);
    }
}

/// <summary>A line, or why there is none.</summary>
internal readonly record struct QmpLine(ReadOnlyMemory<byte> Bytes, QmpFault? Fault);
