using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Linux;

namespace VmSupervisor.Consoles;

/// <summary>Somebody at a console, from attaching to leaving, over one incarnation or several.</summary>
internal sealed class ConsoleAttachment(VmConsoles consoles, ConsoleSeat seat, ConsoleWish wish) : IDisposable
{
    private const int BufferSize = 16 * 1024;
    private readonly byte[] buffer = new byte[BufferSize];
    private volatile SerialInput? input;
    private bool toldReadOnly;

    /// <summary>Sends what the guest writes until the incarnation ends (or, following, until the VM is undefined).</summary>
    public async Task ServeAsync(IConsoleClient client, CancellationToken cancellationToken)
    {
        var history = wish.History;
        var life = wish.After?.Incarnation ?? new Incarnation(0);
        var place = wish.After?.Place;
        while (true)
        {
            var vm = await consoles.WaitForViewAsync(seat.Vm, view => IsServable(view, life), cancellationToken);
            if (vm?.Pid is null || (!wish.Follow && life.Value > 0 && vm.Incarnation != life))
            {
                await client.TellAsync(Ended(vm, life.Value > 0 ? life : vm?.Incarnation ?? life), cancellationToken);
                return;
            }

            var ended = await ServeIncarnationAsync(client, vm, history, vm.Incarnation == life ? place : null, cancellationToken);
            await client.TellAsync(Ended(ended, vm.Incarnation), cancellationToken);
            if (!wish.Follow || ended is null)
                return;

            // Who has followed so far wants all of the next one.
            (history, life, place) = (long.MaxValue, vm.Incarnation.Next(), null);
        }
    }

    /// <summary>Types; false when somebody else writes, or nobody listens.</summary>
    public async Task<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!seat.Writes || input is not { } open)
            return false;
        try
        {
            await open.WriteAsync(bytes, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // QEMU is gone; that it has ended is told when all of its output is.
            return false;
        }
    }

    /// <summary>Notes that the client was given up; its seat is free when this is disposed.</summary>
    public void Drop(string reason) => consoles.LogDropped(seat.Vm, seat.Caller.Name, reason);

    public void Dispose()
    {
        seat.Dispose();
        input?.Dispose();
    }

    private bool IsServable(VmView? view, Incarnation earlier) => view is null
        || (wish.Follow ? view.Pid is not null && view.Incarnation.CompareTo(earlier) >= 0 : view.Pid is not null || view.State != "Starting");

    /// <summary>Sends all of its output; returns what the VM was seen to be when it had ended.</summary>
    private async Task<VmView?> ServeIncarnationAsync(
        IConsoleClient client, VmView vm, long history, LogPlace? place, CancellationToken cancellationToken)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ended = consoles.WaitForViewAsync(vm.Id, now => IncarnationFiles.Ended(now, vm.Incarnation), leave.Token);
        try
        {
            using var reader = consoles.NewReader(vm);
            using var events = consoles.Watch(vm);
            using var typed = consoles.NewInput(vm);
            var bytes = 0L;
            var goesOn = place is { } at && reader.TryGoOn(at);
            if (!goesOn && !reader.TryBegin(place is null ? history : long.MaxValue, out bytes))
                throw new FileNotFoundException("the serial log is gone");
            input = typed;
            await client.TellAsync(Attached(vm, reader.Place, bytes), cancellationToken);
            if (place is not null && !goesOn)
                await client.TellAsync(ConsoleNews.OfLost(null, reader.Place.ToString()), cancellationToken);
            await CopyAsync(client, reader, events, ended, cancellationToken);
        }
        catch (IOException) when (!Directory.Exists(consoles.FilesOf(vm).Directory))
        {
            // It ended between the look and the opening, and took its files along.
            await ended.WaitAsync(cancellationToken);
        }
        finally
        {
            input = null;
            await leave.CancelAsync();
            await ((Task)ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await ended;
    }

    private async Task CopyAsync(
        IConsoleClient client, LogReader reader, FileEvents.Subscription events, Task<VmView?> ended, CancellationToken cancellationToken)
    {
        var written = events.WaitAsync(cancellationToken);
        while (true)
        {
            if (seat.Replaced.IsCompletedSuccessfully && !toldReadOnly)
            {
                toldReadOnly = true;
                await client.TellAsync(new(ConsoleNewsKind.ReadOnly) { Writer = await seat.Replaced }, cancellationToken);
            }

            // Before the read: what was written until the end is read after it.
            var last = ended.IsCompleted;
            var count = reader.Read(buffer, out var news);
            if (count > 0)
                await client.SendAsync(buffer.AsMemory(0, count), cancellationToken);
            else if (news is not null)
                await client.TellAsync(news, cancellationToken);
            else if (last)
                return;
            else
            {
                await (toldReadOnly ? Task.WhenAny(written, ended) : Task.WhenAny(written, ended, seat.Replaced));
                cancellationToken.ThrowIfCancellationRequested();
                if (written.IsCompleted)
                    written = events.WaitAsync(cancellationToken);
            }
        }
    }

    private ConsoleNews Attached(VmView vm, LogPlace place, long bytes) => new(ConsoleNewsKind.Attached)
    {
        Incarnation = vm.Incarnation,
        Writable = seat.Writes,
        Writer = seat.Writer,
        Place = place.ToString(),
        Bytes = bytes,
    };

    private ConsoleNews Ended(VmView? now, Incarnation life) => new(ConsoleNewsKind.Ended)
    {
        Incarnation = life,
        Reason = IncarnationFiles.WhyEnded(now, seat.Vm, life),
    };
}
