using System.Globalization;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether the journal can be read at its head and written, how fast, and for how long there is room.</summary>
internal sealed class JournalCheck(IJournal journal, TimeProvider time) : ICheck
{
    /// <summary>No VM's stream; its notes are bounded as all are.</summary>
    private const string Stream = "doctor";

    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(100);

    public string Name => "journal";

    public async Task<Finding> LookAsync(CancellationToken cancellationToken)
    {
        long head;
        TimeSpan took;
        try
        {
            head = await journal.HighestPositionAsync(cancellationToken);
            if (head > 0)
                await journal.ReadAllAsync(head - 1, 1, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Finding.Failed($"its head cannot be read: {e.Message}", "see the kernel's messages about the disk; stop vmsupd (guests go on) and look at a copy of the file");
        }

        try
        {
            var began = time.GetTimestamp();
            await journal.AddNoteAsync(new JournalNote(Stream, 0, "examined"u8.ToArray(), time.GetUtcNow()), cancellationToken);
            took = time.GetElapsedTime(began);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Finding.Failed($"it cannot be written: {e.Message}", "make room on its disk; stops and cleanups go on as long as its reserve lasts, define and start do not");
        }

        var found = string.Create(CultureInfo.InvariantCulture, $"head at {head}, a write is durable after {took.TotalMilliseconds:0.0} ms");
        if ((journal as IJournalSpace)?.LookAtSpace() is { } space)
        {
            found += $", {Approximately(space.FreeBytes)} free";
            if (WhyTight(space, found) is { } tight)
                return tight;
        }

        return took > Slow
            ? Finding.Warning(found, "every command waits for this: move the state directory to a faster disk (--state-dir), or find out who loads this one")
            : Finding.Ok(found);
    }

    /// <summary>What to say when there is too little room; null when there is enough.</summary>
    internal static Finding? WhyTight(JournalSpace space, string found)
    {
        var reserve = $"its reserve of {ByteSize.Format(space.ReserveBytes)}";
        return space switch
        {
            { ReserveBytes: > 0, ReserveHeld: false } => Finding.Failed(
                $"{found}; {reserve} is used up or could not be made ({space.Where})", "make room on its disk: the reserve is then taken again by itself"),
            _ when space.FreeBytes < space.ReserveBytes => Finding.Warning(
                $"{found}, less than {reserve} ({space.Where})", "make room on its disk: define and start are refused when it is full"),
            _ => null,
        };
    }

    private static string Approximately(long bytes) => bytes >= 10L << 30 ? ByteSize.Format(bytes >> 30 << 30) : ByteSize.Format(bytes >> 20 << 20);
}
