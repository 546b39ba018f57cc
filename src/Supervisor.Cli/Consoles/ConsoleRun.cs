using System.Runtime.InteropServices;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Consoles;

/// <summary>One run of the console: copies between the program's streams and the guest, and takes broken connections up again.</summary>
internal sealed class ConsoleRun(VmsupClient client, Terminal terminal, ConsoleSettings settings, bool interactive)
{
    private const int BufferSize = 16 * 1024;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReconnectFor = TimeSpan.FromSeconds(60);

    private readonly EscapeKey escape = new(interactive ? settings.Escape : null);
    private readonly UntilText? until = string.IsNullOrEmpty(settings.Until) ? null : new(settings.Until);
    private readonly TaskCompletionSource firstAttached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ConsoleConnection? connection;
    private long historyLeft;
    private bool knowsWriter;

    /// <summary>Returns when the person leaves, the text was seen, or the console ended; how.</summary>
    public async Task<ConsoleEnd> RunAsync(CancellationToken cancellationToken)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // What is refused is said before the terminal changes.
        connection = await client.ConsoleAsync(settings.Vm, settings.Request, cancellationToken).ConfigureAwait(false);
        using var raw = interactive ? TerminalMode.Raw(leave.Cancel) : null;
        var typing = TypeAsync(leave);
        try
        {
            return await ReadAsync(leave.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Say("left");
            return ConsoleEnd.Left;
        }
        finally
        {
            await leave.CancelAsync().ConfigureAwait(false);
            connection?.Dispose();
            Forget(typing);
        }
    }

    // A read of standard input cannot be cancelled while nothing is typed: the program's end ends it.
    private static void Forget(Task typing) => _ = typing.ContinueWith(
        static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private async Task<ConsoleEnd> ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        await using var output = terminal.OutBytes();
        while (true)
        {
            switch (await connection!.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false))
            {
                case ConsoleFrame.Output(var count):
                    await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                    if (Sees(buffer.AsSpan(0, count)))
                        return ConsoleEnd.Seen;
                    break;
                case ConsoleFrame.News(var news):
                    Tell(news);
                    if (news.Kind == ConsoleNewsKind.Dropped)
                        await ReconnectAsync(news.Reason ?? "the daemon gave this console up", cancellationToken).ConfigureAwait(false);
                    if (news.Kind == ConsoleNewsKind.Ended && !settings.Request.Follow)
                        return ConsoleEnd.Over;
                    break;
                case ConsoleFrame.Closed:
                    return ConsoleEnd.Over;
                case ConsoleFrame.Broken:
                    cancellationToken.ThrowIfCancellationRequested();
                    await ReconnectAsync("the daemon went away (the guest runs on)", cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private bool Sees(ReadOnlySpan<byte> output)
    {
        if (until is null)
            return false;
        var skipped = settings.UntilSeesHistory ? 0 : (int)Math.Min(historyLeft, output.Length);
        historyLeft -= Math.Min(historyLeft, output.Length);
        return until.Sees(output[skipped..]);
    }

    private void Tell(ConsoleNews news)
    {
        switch (news.Kind)
        {
            case ConsoleNewsKind.Attached:
                historyLeft = knowsWriter ? 0 : news.Bytes ?? 0;
                if (interactive)
                    Say($"{settings.Vm}, incarnation {news.Incarnation}{(escape.Name is { } key ? $"; {key} then q leaves" : "")}");
                if (!news.Writable && settings.Request.Mode != ConsoleMode.Read)
                    Say($"read only: {news.Writer ?? "nobody"} is writing (--force takes over)");
                knowsWriter = true;
                firstAttached.TrySetResult();
                break;
            case ConsoleNewsKind.Lost:
                Say(news.Bytes is { } bytes ? $"{bytes} bytes of output were rotated away before they were read" : "some output is missing");
                break;
            case ConsoleNewsKind.ReadOnly:
                Say($"read only from now on: {news.Writer} has taken over");
                break;
            case ConsoleNewsKind.Ended:
                Say(news.Reason + (settings.Request.Follow ? "; waiting for the next start" : ""));
                break;
            case ConsoleNewsKind.Moved or ConsoleNewsKind.Dropped:
                break;
        }
    }

    private async Task ReconnectAsync(string why, CancellationToken cancellationToken)
    {
        Say($"{why}; connecting again");
        using var broken = connection;
        var lost = terminal.Time.GetTimestamp();
        var request = settings.Request with
        {
            After = broken!.Place,
            Mode = settings.Request.Mode == ConsoleMode.Force ? ConsoleMode.Write : settings.Request.Mode,
        };
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await Task.Delay(pause, terminal.Time, cancellationToken).ConfigureAwait(false);
            try
            {
                connection = await client.ConsoleAsync(settings.Vm, request, cancellationToken).ConfigureAwait(false);
                Say("connected again");
                return;
            }
            catch (VmsupException e) when (e.Kind is ProblemKind.Unavailable && terminal.Time.GetElapsedTime(lost) < ReconnectFor)
            {
            }
        }
    }

    /// <summary>The end of what is typed is not the end: the guest may answer.</summary>
    private async Task TypeAsync(CancellationTokenSource leave)
    {
        var typed = new byte[4096];
        var toGuest = new List<byte>();
        await firstAttached.Task.WaitAsync(leave.Token).ConfigureAwait(false);
        await using var input = terminal.InBytes();
        while (await input.ReadAsync(typed, leave.Token).ConfigureAwait(false) is > 0 and var count)
        {
            var leaves = escape.Take(typed.AsSpan(0, count), toGuest);
            if (toGuest.Count > 0 && connection is { } open)
                await open.SendAsync(CollectionsMarshal.AsSpan(toGuest).ToArray(), leave.Token).ConfigureAwait(false);
            toGuest.Clear();
            if (leaves)
                await leave.CancelAsync().ConfigureAwait(false);
        }
    }

    // A raw terminal returns to the left only when told.
    private void Say(string what) => terminal.Error.Write(interactive ? $"\r\n[{what}]\r\n" : $"vmsup: {what}\n");
}

/// <summary>How a console ended.</summary>
internal enum ConsoleEnd
{
    /// <summary>The incarnation ended.</summary>
    Over,

    /// <summary>The text was seen.</summary>
    Seen,

    /// <summary>The person left.</summary>
    Left,
}
