using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace VmSupervisor.Actors.Kernel;

/// <summary>
/// An actor's children by name. Locked, since the guardians' children are created from any thread. Enumeration
/// follows creation, never a hash.
/// </summary>
internal sealed class Children
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LocalActorRef> _byName = [];
    private readonly HashSet<LocalActorRef> _stopping = [];
    private Dictionary<LocalActorRef, RestartHistory>? _restarts;
    private long _generatedNames;
    private bool _closed;

    public bool AnyStopping
    {
        get
        {
            lock (_lock)
            {
                return _stopping.Count > 0;
            }
        }
    }

    public LocalActorRef Add(ActorPath parent, string? name, Func<string, LocalActorRef> create)
    {
        lock (_lock)
        {
            if (_closed)
            {
                throw new InvalidOperationException($"{parent} is stopping and takes no new child '{name}'");
            }

            name ??= "$" + (++_generatedNames).ToString(CultureInfo.InvariantCulture);
            if (_byName.ContainsKey(name))
            {
                throw new InvalidActorNameException($"actor name '{name}' is not free under {parent}");
            }

            return _byName[name] = create(name);
        }
    }

    /// <summary>Takes no more children. There is no way back: only a stopping actor closes its children.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }

    public LocalActorRef? Find(string name)
    {
        lock (_lock)
        {
            return _byName.GetValueOrDefault(name);
        }
    }

    public bool Contains(IActorRef actor)
    {
        lock (_lock)
        {
            return _byName.TryGetValue(actor.Path.Name, out var child) && ReferenceEquals(child, actor);
        }
    }

    public LocalActorRef[] All()
    {
        lock (_lock)
        {
            var all = _byName.Values.ToArray();
            Array.Sort(all, static (a, b) => a.Path.Uid.CompareTo(b.Path.Uid));
            return all;
        }
    }

    public void MarkStopping(LocalActorRef child)
    {
        lock (_lock)
        {
            _stopping.Add(child);
        }
    }

    public bool Remove(IActorRef actor)
    {
        lock (_lock)
        {
            if (!_byName.TryGetValue(actor.Path.Name, out var child) || !ReferenceEquals(child, actor))
            {
                return false;
            }

            _stopping.Remove(child);
            _restarts?.Remove(child);
            return _byName.Remove(actor.Path.Name);
        }
    }

    public RestartHistory HistoryOf(LocalActorRef child)
    {
        _restarts ??= [];
        if (!_restarts.TryGetValue(child, out var history))
        {
            _restarts[child] = history = new RestartHistory();
        }

        return history;
    }
}
