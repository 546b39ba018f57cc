using VmSupervisor.Chaos.Observer;
using VmSupervisor.Client;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>One world: a directory, its VMs, a daemon, clients, the observer, and what went wrong.</summary>
internal sealed class Arena : IDisposable
{
    private readonly List<string> violations = [];

    private Arena(Tally tally)
    {
        Tally = tally;
        Root = Directory.CreateTempSubdirectory("chaos-").FullName;
        Park = new Park(Root);
        Daemons = new Daemons(Root, tally, Timeline);
        World = new World(Root, Path.Combine(Root, "r"));
        Client = new VmsupClient(Daemons.Socket);
        Observer = new ObserverProcess(Root, Timeline);
    }

    public Tally Tally { get; }

    public string Root { get; }

    public Timeline Timeline { get; } = new();

    public Park Park { get; }

    public Daemons Daemons { get; }

    public World World { get; }

    public VmsupClient Client { get; }

    public ObserverProcess Observer { get; }

    /// <summary>What was acknowledged, by the operation's id.</summary>
    public Ledger Ledger { get; } = new();

    public string Witness => Path.Combine(Root, "witness.log");

    /// <summary>What the driver and the observer have found.</summary>
    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (violations)
                return [.. violations, .. Observer.Violations.Select(v => $"observer: {v}")];
        }
    }

    public static async Task<Arena> MakeAsync(Tally tally)
    {
        var arena = new Arena(tally);
        await arena.Park.MakeAsync();
        await arena.Daemons.StartAsync();
        return arena;
    }

    public void Violated(string what)
    {
        Timeline.Add("DRIVER", what);
        lock (violations)
            violations.Add(what);
    }

    /// <summary>Ends what a world that failed has left, so that nothing stays on the machine.</summary>
    public async Task AbandonAsync()
    {
        await Daemons.AbandonAsync();
        var place = new Place(Root, Path.GetFileName(Root));
        var processes = new Processes(place);
        var devices = new Devices(place);
        foreach (var pid in processes.Everything().Select(p => p.Pid))
            Try(() => Kernel.Signal(pid, Kernel.Kill));
        await Eventually.TrueAsync("what the world has left is killed", () => processes.Everything().Count == 0);
        foreach (var (name, _) in devices.Taps())
            await Programs.RunAsync("ip", "link", "del", name);
        foreach (var (name, _) in devices.Loops())
            await Programs.RunAsync("losetup", "-d", $"/dev/{name}");
        await Park.RemoveBridgeAsync();
    }

    public void Dispose()
    {
        Client.Dispose();
        Observer.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>Does what may be in vain, since whom it is about may just be gone.</summary>
    public static bool Try(Action attempt)
    {
        try
        {
            attempt();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Xunit.Sdk.XunitException)
        {
            return false;
        }
    }
}
