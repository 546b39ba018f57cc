using Microsoft.Extensions.Logging;
using VmSupervisor.AspNetCore.Limits;
using VmSupervisor.Contracts;
using VmSupervisor.Vms;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.AspNetCore.Access;

/// <summary>
/// Writes down who was refused, and who has changed the node. Who is refused all the time fills neither the log nor the
/// history, which are bounded: of each caller some refusals a minute are written, and then how many were not.
/// </summary>
internal sealed partial class RefusalNotes(IVmSupervisor supervisor, IAuditTrail? trail, TimeProvider time, ILogger<RefusalNotes> logger)
{
    private const double EachPerSecond = 10.0 / 60, AllPerSecond = 1;
    private const int EachAtOnce = 20, AllAtOnce = 200, MostUnderWay = 64, LongestText = 500;

    private readonly KeyedBuckets _ofCaller = new(EachPerSecond, EachAtOnce, time);
    private readonly KeyedBuckets _ofAll = new(AllPerSecond, AllAtOnce, time);
    private int _underWay;

    /// <summary>Writes a refusal down, if there is room for it; nobody waits for it.</summary>
    public void Add(string by, string key, string? vm, string what, string why)
    {
        if (!_ofCaller.TryTake(key, out var missed) || !_ofAll.TryTake("", out var missedOfAll))
            return;
        var more = (missed, missedOfAll) switch
        {
            (0, 0) => "",
            (_, 0) => $" ({missed} more of this caller were not written down)",
            _ => $" ({missed} more of this caller, {missedOfAll} of all, were not written down)",
        };
        (by, what, why) = (OneLine(by), OneLine(what), OneLine(why));
        LogRefused(what, by, why, more);

        // Only of VMs that there are: of others anybody could have any number of histories made.
        var known = vm is null ? null : supervisor.Find(vm)?.Id;
        if (trail is null || Interlocked.Increment(ref _underWay) > MostUnderWay)
        {
            Interlocked.Decrement(ref _underWay);
            return;
        }

        _ = WriteAndCountAsync(known, by, $"{what}: {why}{more}");
    }

    /// <summary>Writes down a change that is no VM's event.</summary>
    public async Task AddChangeAsync(VmId? vm, string by, string type, string what)
    {
        LogChange(type, OneLine(what), by);
        if (trail is not null)
            await WriteAsync(vm, type, by, OneLine(what));
    }

    private async Task WriteAndCountAsync(VmId? vm, string by, string what)
    {
        await WriteAsync(vm, "refused", by, what);
        Interlocked.Decrement(ref _underWay);
    }

    private async Task WriteAsync(VmId? vm, string type, string by, string what)
    {
        try
        {
            await trail!.AddAsync(vm, type, by, what);
        }
        catch (Exception e)
        {
            LogNotWritten(type, by, e.Message);
        }
    }

    // What a stranger sends must not look like lines of ours.
    private static string OneLine(string text)
    {
        var line = text.Length > LongestText ? string.Concat(text.AsSpan(0, LongestText), "…") : text;
        return line.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029') ? string.Concat(line.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? '?' : c)) : line;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{What} by {By} refused: {Why}{More}")]
    private partial void LogRefused(string what, string by, string why, string more);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "{Type} by {By}: {What}")]
    private partial void LogChange(string type, string what, string by);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "that something was {Type} by {By} cannot be written into the history: {Reason}")]
    private partial void LogNotWritten(string type, string by, string reason);
}
