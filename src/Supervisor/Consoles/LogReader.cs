using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Consoles;

/// <summary>
/// One reader of a guest's serial output, from file to file. It reads when its client has taken what it read before, so
/// it holds up nobody: what it has not read lies in the log, and it holds one file open however far it is behind.
/// </summary>
/// <param name="vm">The VM.</param>
/// <param name="files">Of one incarnation.</param>
/// <param name="rotations">What was rotated away.</param>
internal sealed class LogReader(VmId vm, RunFiles files, Rotations rotations) : IDisposable
{
    private LogFile? file;
    private long offset;

    /// <summary>Where the next byte comes from.</summary>
    public LogPlace Place => new(file?.Number ?? 0, offset);

    /// <summary>Begins with the last bytes that there are; returns how many. False when there is no log.</summary>
    public bool TryBegin(long history, out long bytes)
    {
        while (true)
        {
            bytes = 0;
            var former = LogFile.TryOpen(files.FormerSerialLog);
            using var newest = LogFile.TryOpen(files.SerialLog);
            if (newest is null && former is null)
                return false;

            // Begun anew between the two looks.
            if (former is not null && (newest?.Number == former.Number || FileNumber.Of(files.FormerSerialLog)?.Number != former.Number))
            {
                former.Dispose();
                continue;
            }

            var size = newest?.Size ?? 0;
            if (former is not null && (newest is null || size < history))
            {
                bytes = Math.Min(history, former.Size + size);
                Take(former, former.Size + size - bytes);
                return true;
            }

            former?.Dispose();
            bytes = Math.Min(history, size);
            if (LogFile.TryOpen(files.SerialLog) is not { } again)
                continue;
            if (again.Number == newest!.Number)
            {
                Take(again, size - bytes);
                return true;
            }

            again.Dispose();
        }
    }

    /// <summary>Goes on at a place; false when that file is gone, and then nothing has begun.</summary>
    public bool TryGoOn(LogPlace place)
    {
        foreach (var path in new[] { files.SerialLog, files.FormerSerialLog })
        {
            if (LogFile.TryOpen(path) is not { } found)
                continue;
            if (found.Number == place.File && place.Offset <= found.Size)
            {
                Take(found, place.Offset);
                return true;
            }

            found.Dispose();
        }

        return false;
    }

    /// <summary>Reads what there is; nothing and no news when all was read.</summary>
    public int Read(Span<byte> buffer, out ConsoleNews? news)
    {
        news = null;
        var open = file ?? throw new InvalidOperationException("not begun");
        if (open.Read(buffer, offset) is > 0 and var count)
        {
            offset += count;
            return count;
        }

        if (open.Size < offset)
        {
            offset = 0;
            news = ConsoleNews.OfLost(null, Place.ToString());
            return 0;
        }

        if (Next() is not { } next)
            return 0;

        // QEMU left this file before it made the next one: what can be read now is all that there will be.
        if (open.Read(buffer, offset) is > 0 and var rest)
        {
            next.Dispose();
            offset += rest;
            return rest;
        }

        var follows = FileNumber.Of(files.FormerSerialLog)?.Number == open.Number || next.Number == open.Number;
        var lost = follows ? 0 : rotations.Between(vm, open.Number, next.Number);
        Take(next, 0);
        news = lost == 0 ? ConsoleNews.OfMoved(Place.ToString()) : ConsoleNews.OfLost(lost, Place.ToString());
        return 0;
    }

    public void Dispose() => file?.Dispose();

    /// <summary>The file after this one, or the oldest that there still is; null when this is the newest.</summary>
    private LogFile? Next()
    {
        while (true)
        {
            // Renamed, and QEMU has not opened a new one yet: it still writes to this one.
            if (FileNumber.Of(files.SerialLog)?.Number is not { } newest || newest == file!.Number)
                return null;
            var former = LogFile.TryOpen(files.FormerSerialLog);
            if (former is not null && former.Number != file.Number)
                return former;
            former?.Dispose();
            if (LogFile.TryOpen(files.SerialLog) is not { } found)
                return null;

            // It may be the next but one by now.
            if (found.Number != file.Number && FileNumber.Of(files.FormerSerialLog)?.Number is var now && (now is null || now == file.Number))
                return found;
            found.Dispose();
        }
    }

    private void Take(LogFile next, long at)
    {
        file?.Dispose();
        (file, offset) = (next, at);
    }
}
