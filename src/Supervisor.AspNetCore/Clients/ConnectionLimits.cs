namespace VmSupervisor.AspNetCore.Clients;

/// <summary>
/// How many connections clients may have. Those that have not proved who they are have few places, and of one address fewer
/// still: whoever fills them up keeps out others who have not proved it yet, and no client that has.
/// </summary>
/// <param name="most">All together.</param>
internal sealed class ConnectionLimits(int most)
{
    /// <summary>How many may not have proved who they are.</summary>
    public const int MostUnproved = 128;

    /// <summary>How many of these from one address.</summary>
    public const int MostOfAddress = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _unproved = [];
    private int _all, _allUnproved;

    /// <summary>A place, to be disposed with the connection; null when there is none, and why.</summary>
    public ConnectionPlace? TryEnter(string address, out string why)
    {
        lock (_lock)
        {
            var ofAddress = _unproved.GetValueOrDefault(address);
            why = _all >= most ? $"there are {most} connections, as many as there may be"
                : _allUnproved >= MostUnproved ? $"there are {MostUnproved} connections of which nobody knows whose they are"
                : ofAddress >= MostOfAddress ? $"there are {MostOfAddress} connections from {address} of which nobody knows whose they are"
                : "";
            if (why.Length > 0)
                return null;
            _all++;
            _allUnproved++;
            _unproved[address] = ofAddress + 1;
            return new ConnectionPlace(() => Leave(ref _allUnproved, address), () => Leave(ref _all, null));
        }
    }

    private void Leave(ref int count, string? address)
    {
        lock (_lock)
        {
            count--;
            if (address is not null && --_unproved[address] == 0)
                _unproved.Remove(address);
        }
    }
}

/// <summary>A connection's place.</summary>
internal sealed class ConnectionPlace(Action proved, Action gone) : IDisposable
{
    private int _proved, _gone;

    /// <summary>It has proved whose it is.</summary>
    public void Prove()
    {
        if (Interlocked.Exchange(ref _proved, 1) == 0)
            proved();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _gone, 1) != 0)
            return;
        Prove();
        gone();
    }
}
