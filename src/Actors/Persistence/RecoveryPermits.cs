namespace VmSupervisor.Actors.Persistence;

/// <summary>So many recoveries at a time; the others wait in the order they came.</summary>
internal sealed class RecoveryPermits(int count)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private int _free = count;

    /// <summary>Asks for a permit; <paramref name="granted"/> is called once, perhaps at once, unless it is given up first.</summary>
    public Waiter Request(Action granted)
    {
        var waiter = new Waiter(this, granted);
        lock (_lock)
        {
            if (_free == 0)
            {
                waiter.Place = _waiting.AddLast(waiter);
                return waiter;
            }

            _free--;
            waiter.Holds = true;
        }

        granted();
        return waiter;
    }

    private void Release(Waiter waiter)
    {
        Waiter? next = null;
        lock (_lock)
        {
            if (waiter.Place is { } place)
            {
                _waiting.Remove(place);
                waiter.Place = null;
            }
            else if (waiter.Holds)
            {
                waiter.Holds = false;
                if (_waiting.First?.Value is { } first)
                {
                    _waiting.RemoveFirst();
                    first.Place = null;
                    first.Holds = true;
                    next = first;
                }
                else
                {
                    _free++;
                }
            }
        }

        next?.Granted();
    }

    /// <summary>A place in the queue, or the permit itself.</summary>
    internal sealed class Waiter(RecoveryPermits permits, Action granted) : IDisposable
    {
        internal LinkedListNode<Waiter>? Place { get; set; }

        internal bool Holds { get; set; }

        internal Action Granted => granted;

        /// <summary>Gives up the place or returns the permit; again does nothing.</summary>
        public void Dispose() => permits.Release(this);
    }
}
