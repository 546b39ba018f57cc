using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.Persistence.Batching;

namespace VmSupervisor.Actors.TestKit.Journals;

/// <summary>
/// A journal that misbehaves on command, in front of one that works. Faults of appends are used up one by one, in
/// the order they were asked for; without one, everything goes through.
/// </summary>
/// <param name="inner">The journal behind.</param>
public sealed partial class FaultyJournal(IJournal inner) : IJournal
{
    private readonly Lock _lock = new();
    private readonly Queue<AppendFault> _faults = [];
    private readonly List<HeldAppend> _held = [];
    private Exception? _lost;
    private Exception? _readFault;
    private bool _holding;

    /// <summary>Called with every append that arrives, before any fault.</summary>
    public Action<AppendRequest>? OnAppend { get; set; }

    /// <summary>Appends are answered as written before the journal behind has them. No journal may do so.</summary>
    public bool AnswersEarly { get; set; }

    /// <summary>How many appends have arrived.</summary>
    public int Appends { get; private set; }

    /// <summary>Whether the disk is full: only what may use the reserve is written.</summary>
    public bool IsFull { get; set; }

    /// <summary>How many appends are held.</summary>
    public int Held
    {
        get
        {
            lock (_lock)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>The next append is rejected: known not to be written.</summary>
    public void RejectNext(Exception? cause = null) => Add(new AppendFault(IsWritten: false, IsKnown: true, cause));

    /// <summary>The next append's outcome is unknown; it is written or not.</summary>
    public void FailNext(bool written, Exception? cause = null) => Add(new AppendFault(written, IsKnown: false, cause));

    /// <summary>Holds appends from now on, before they reach the journal behind.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _holding = true;
        }
    }

    /// <summary>Lets the oldest held append go on.</summary>
    /// <returns>False when none is held.</returns>
    public bool ReleaseOne()
    {
        HeldAppend held;
        lock (_lock)
        {
            if (_held.Count == 0)
            {
                return false;
            }

            held = _held[0];
            _held.RemoveAt(0);
        }

        held.Go.TrySetResult();
        return true;
    }

    /// <summary>Ends the holding and lets all held appends go on, in order.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _holding = false;
        }

        while (ReleaseOne())
        {
        }
    }

    /// <summary>
    /// Loses the connection: held appends end unknown (not written), new ones are rejected, everything else throws,
    /// until <see cref="Reconnect"/>.
    /// </summary>
    public void LoseConnection()
    {
        List<HeldAppend> held;
        lock (_lock)
        {
            _lost = new IOException("the connection to the journal was lost");
            held = [.. _held];
            _held.Clear();
        }

        held.ForEach(h => h.Go.TrySetException(new IOException("the connection to the journal was lost")));
    }

    /// <summary>The connection is back.</summary>
    public void Reconnect()
    {
        lock (_lock)
        {
            _lost = null;
        }
    }

    /// <summary>Reading (events, versions, snapshots) throws this from now on; null ends it.</summary>
    public void FailReads(Exception? cause)
    {
        lock (_lock)
        {
            _readFault = cause;
        }
    }

    /// <inheritdoc />
    public async Task<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
    {
        OnAppend?.Invoke(request);
        if (IsFull && request.Priority == AppendPriority.Normal)
        {
            return new AppendResult.Rejected(new JournalFullException("disk full: the journal fails on command"));
        }

        var arrival = Arrive();
        if (arrival.Lost is { } lost)
        {
            return new AppendResult.Rejected(lost);
        }

        if (arrival.Held is { } held)
        {
            try
            {
                await held.Go.Task;
            }
            catch (IOException e)
            {
                return new AppendResult.Unknown(e);
            }
        }

        if (AnswersEarly)
        {
            _ = inner.AppendAsync(request, cancellationToken);
            return new AppendResult.Appended(request.ExpectedVersion + request.Events.Count, 0);
        }

        if (arrival.Fault is not { } fault)
        {
            return await inner.AppendAsync(request, cancellationToken);
        }

        var cause = fault.Cause ?? new IOException("the journal fails on command");
        if (fault.IsWritten)
        {
            await inner.AppendAsync(request, cancellationToken);
        }

        return fault.IsKnown ? new AppendResult.Rejected(cause) : new AppendResult.Unknown(cause);
    }

    private (Exception? Lost, HeldAppend? Held, AppendFault? Fault) Arrive()
    {
        lock (_lock)
        {
            Appends++;
            if (_lost is not null)
            {
                return (_lost, null, null);
            }

            HeldAppend? held = null;
            if (_holding)
            {
                _held.Add(held = new HeldAppend());
            }

            _faults.TryDequeue(out var fault);
            return (null, held, fault);
        }
    }

    private void Add(AppendFault fault)
    {
        lock (_lock)
        {
            _faults.Enqueue(fault);
        }
    }

    private void CheckRead()
    {
        lock (_lock)
        {
            if ((_lost ?? _readFault) is { } fault)
            {
                throw fault;
            }
        }
    }

    private sealed record AppendFault(bool IsWritten, bool IsKnown, Exception? Cause);

    private sealed class HeldAppend
    {
        // Not RunContinuationsAsynchronously: that would go to the thread pool, past a steppable dispatcher.
        public TaskCompletionSource Go { get; } = new();
    }
}
