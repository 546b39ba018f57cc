using VmSupervisor.Contracts;

namespace VmSupervisor.Consoles;

/// <summary>How somebody wants to attach.</summary>
internal enum ConsoleAccess
{
    /// <summary>To read.</summary>
    Read,

    /// <summary>To write, if nobody else does.</summary>
    Write,

    /// <summary>To write, whoever did.</summary>
    Force,
}

/// <summary>Somebody's place at a console: everybody reads, one writes.</summary>
internal sealed class ConsoleSeat(ConsoleSeats seats, VmId vm, Caller caller) : IDisposable
{
    private readonly TaskCompletionSource<string> replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public VmId Vm => vm;

    public Caller Caller => caller;

    /// <summary>Who writes; null when nobody does.</summary>
    public string? Writer => seats.WriterOf(vm)?.Caller.Name;

    public bool Writes => seats.WriterOf(vm) == this;

    /// <summary>Who has taken writing over from this one.</summary>
    public Task<string> Replaced => replaced.Task;

    public void ReplacedBy(Caller other) => replaced.TrySetResult(other.Name);

    public void Dispose() => seats.Leave(this);
}

/// <summary>Who writes at which console.</summary>
internal sealed class ConsoleSeats
{
    private readonly Lock gate = new();
    private readonly Dictionary<VmId, ConsoleSeat> writers = [];

    /// <summary>Takes a seat, and the right to write when it is wished and can be had; says who lost it.</summary>
    public ConsoleSeat Take(VmId vm, Caller caller, ConsoleAccess access, out ConsoleSeat? former)
    {
        var seat = new ConsoleSeat(this, vm, caller);
        lock (gate)
        {
            former = writers.GetValueOrDefault(vm);
            if (access == ConsoleAccess.Force || (access == ConsoleAccess.Write && former is null))
                writers[vm] = seat;
            else
                former = null;
        }

        former?.ReplacedBy(caller);
        return seat;
    }

    public ConsoleSeat? WriterOf(VmId vm)
    {
        lock (gate)
            return writers.GetValueOrDefault(vm);
    }

    public void Leave(ConsoleSeat seat)
    {
        lock (gate)
        {
            if (writers.GetValueOrDefault(seat.Vm) == seat)
                writers.Remove(seat.Vm);
        }
    }
}
