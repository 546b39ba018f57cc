using System.Collections.Immutable;
using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Proxmox;

/// <summary>
/// One VM of a Proxmox VE node, as far as cleanup goes. Everything below runs under the VM's configuration lock, so each
/// is one step.
/// </summary>
internal sealed record PveWorld
{
    /// <summary>How many lives were begun.</summary>
    public int Lives { get; init; }

    public bool Running { get; init; }

    /// <summary>Calls of <c>qm cleanup</c> that the event daemon has started, and that wait for the lock. They carry the VM's number, no life.</summary>
    public ImmutableArray<Cleanup> Waiting { get; init; } = [];

    /// <summary>The flag of 2026: this end was cleaned up by the API.</summary>
    public bool Flag { get; init; }

    public bool VolumesActive { get; init; }

    /// <summary>The API promised that the volumes stay active for what comes next.</summary>
    public bool KeepPromised { get; init; }

    /// <summary>How often the current life was cleaned up, and how often its post-stop ran.</summary>
    public int Cleaned { get; init; }

    public int PostStops { get; init; }

    /// <summary>What clients may still do, in this order.</summary>
    public ImmutableArray<Call> Script { get; init; } = [];

    /// <summary>Every law that was broken, in order.</summary>
    public ImmutableArray<Violation> Broken { get; init; } = [];

    public PveWorld Break(string law, string text) => this with { Broken = Broken.Add(new(law, text)) };
}

/// <summary>One call of <c>qm cleanup</c>.</summary>
/// <param name="Life">Whose end it is about: known to us, not to it.</param>
/// <param name="Clean"><c>clean-shutdown</c>.</param>
/// <param name="Guest"><c>guest-requested</c>, also set when the API pressed the power button.</param>
internal readonly record struct Cleanup(int Life, bool Clean, bool Guest);

/// <summary>What happens in a scenario.</summary>
internal enum Call
{
    Start,

    /// <summary><c>quit</c>.</summary>
    Stop,

    /// <summary>The power button, obeyed.</summary>
    Shutdown,

    /// <summary>The first half of a stop-mode backup: a shutdown that keeps the volumes active.</summary>
    ShutdownKeeping,

    /// <summary>QEMU is killed.</summary>
    Crash,

    /// <summary>The guest powers itself off.</summary>
    PowerOff,
}
