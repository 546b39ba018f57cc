namespace VmSupervisor.Actors.Persistence;

/// <summary>Persisting: one append at a time, in the order of the calls, the mailbox held meanwhile.</summary>
public abstract partial class PersistentActor
{
    private readonly Queue<Pending> _pending = [];
    private bool _isAppending;
    private bool _handlerFailed;

    /// <summary>
    /// Writes events and receipts as one atomic, durable append, then calls the handler, in which the state changes,
    /// the caller is answered and effects begin. No command comes between. Several calls within one command are
    /// appended one after another; when one is rejected, those behind it are rejected as well, since they were
    /// decided on a state that did not come.
    /// </summary>
    /// <param name="events">The events, in order; may be empty when the options carry receipts.</param>
    /// <param name="handler">Called once, when all is durable.</param>
    /// <param name="options">Receipts, priority, what to do when it is rejected.</param>
    /// <exception cref="ArgumentException">There is neither an event nor a receipt.</exception>
    /// <exception cref="InvalidOperationException">Called during recovery.</exception>
    protected void Persist(IReadOnlyList<object> events, Action handler, PersistOptions? options = null)
    {
        options ??= new PersistOptions();
        if (events.Count == 0 && options.Receipts.Count == 0)
        {
            throw new ArgumentException($"{PersistenceId}: there is nothing to persist", nameof(events));
        }

        if (IsRecovering)
        {
            throw new InvalidOperationException($"{PersistenceId}: an event cannot be persisted while it is recovering");
        }

        _pending.Enqueue(new Pending([.. events], handler, options, Cell.CurrentSender));
    }

    private void AppendNext()
    {
        while (!_isAppending && _pending.TryPeek(out var next))
        {
            AppendRequest request;
            try
            {
                request = ToRequest(next);
            }
            catch (Exception e)
            {
                RejectPending(e);
                continue;
            }

            _isAppending = true;
            Cell.CloseGate(new JournalGate<AppendResult>(
                Cell, next.Sender, _ => journal.AppendAsync(request, CancellationToken.None),
                Cell.System.Options.PersistTimeLimit, "an append was not answered in time", Appended,
                e => Appended(new AppendResult.Unknown(e))));
        }
    }

    private AppendRequest ToRequest(Pending pending)
    {
        var at = Cell.System.Time.GetUtcNow();
        var events = new NewEvent[pending.Events.Count];
        for (var i = 0; i < events.Length; i++)
        {
            var (type, version, payload) = serializer.Serialize(pending.Events[i]);
            events[i] = new NewEvent(type, version, payload, at);
        }

        return new AppendRequest(PersistenceId, LastVersion, events)
        {
            Receipts = pending.Options.Receipts,
            Priority = pending.Options.Priority,
        };
    }

    private void Appended(AppendResult result)
    {
        _isAppending = false;
        switch (result)
        {
            case AppendResult.Appended appended:
                LastVersion = appended.Version;
                LastPosition = Math.Max(LastPosition, appended.Position);
                RunHandler(_pending.Dequeue().Handler);
                AppendNext();
                break;
            case AppendResult.Rejected rejected:
                RejectPending(rejected.Cause);
                AppendNext();
                break;
            case AppendResult.Conflict conflict:
                StopBecause(new FencedException(PersistenceId, LastVersion, conflict.ActualVersion));
                break;
            case AppendResult.Unknown unknown:
                StopBecause(new PersistOutcomeUnknownException(PersistenceId, unknown.Cause));
                break;
            default:
                throw new InvalidOperationException($"unknown append result {result.GetType().Name}");
        }
    }

    private void RunHandler(Action handler)
    {
        try
        {
            handler();
        }
        catch
        {
            // The journal is ahead of the state now; only a recovery brings them together again.
            _handlerFailed = true;
            _pending.Clear();
            throw;
        }
    }

    private void RejectPending(Exception cause)
    {
        var rejected = _pending.ToArray();
        _pending.Clear();
        foreach (var pending in rejected)
        {
            if (pending.Options.Rejected is { } handler)
            {
                handler(cause);
            }
            else
            {
                OnPersistRejected(cause, pending.Events);
            }
        }
    }

    private sealed record Pending(
        IReadOnlyList<object> Events, Action Handler, PersistOptions Options, IActorRef? Sender);
}
