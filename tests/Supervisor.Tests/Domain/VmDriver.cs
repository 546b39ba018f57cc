using System.Globalization;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Supervisor.Tests.Domain;

/// <summary>Plays inputs to the production Decide and Evolve, and keeps what came of them.</summary>
internal sealed class VmDriver
{
    private int _operations;

    public static readonly ProcessIdentity Process = new("boot", 4711, 99);

    public VmState State { get; private set; } = Undefined.Never;

    public List<Event> Journal { get; } = [];

    public Decision Last { get; private set; } = new Decision.Ignored("nothing yet");

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public Limits Limits { get; } = new();

    public Incarnation Incarnation => State.Last;

    public IReadOnlyList<Effect> Effects => [.. Outstanding.Of(State, Limits)];

    public static VmDriver Defined(bool hooks = false, int disks = 1, Func<VmDefinition, VmDefinition>? change = null)
    {
        var definition = new VmDefinition
        {
            Id = new VmId(104),
            Name = "web-1",
            Memory = 1 << 20,
            Hooks = hooks ? ["/hook"] : [],
            Disks = Enumerable.Range(0, disks).Select(i => new DiskDefinition { Path = $"/images/{i}" }).ToValueList(),
        };
        var vm = new VmDriver();
        vm.Ask(new Wish.Define(change?.Invoke(definition) ?? definition));
        return vm;
    }

    public static VmDriver RunningVm(bool hooks = false, Func<VmDefinition, VmDefinition>? change = null)
    {
        var vm = Defined(hooks, change: change);
        vm.Ask(new Wish.Start(false));
        if (hooks)
            vm.HookEnds(HookPhase.PreStart);
        vm.Launches();
        vm.See(n => new Observation.Continued(n));
        if (hooks)
            vm.HookEnds(HookPhase.PostStart);
        Assert.IsType<Running>(vm.State);
        return vm;
    }

    public string Ask(Wish wish)
    {
        var id = $"op-{++_operations}";
        Take(new Input.Asked(new Operation(OperationId.Parse(id), wish.GetType().Name, "tester", Now, id), wish, Now));
        return id;
    }

    public void Hear(PeerNote note) => Take(new Input.Told(note, Now));

    public void See(Func<Incarnation, Observation> observation) => See(observation(Incarnation));

    public void See(Observation observation) => Take(new Input.Seen(observation, Now));

    public void Launches() => See(n => new Observation.Launched(n, Process, "QEMU"));

    public void Exits() => See(n => new Observation.ProcessExited(n, new ProcessExit(0, null)));

    public void HookEnds(HookPhase phase, HookStatus status = HookStatus.Succeeded) =>
        See(n => new Observation.HookEnded(n, phase, new HookOutcome(status, status == HookStatus.Succeeded ? "" : "hook: exit code 1", "")));

    public void Releases() => See(n => new Observation.ReleasePassed(n, []));

    public void Guest(GuestState guest) => See(n => new Observation.GuestChanged(n, guest, ""));

    public void DeadlinePasses()
    {
        var deadline = Effects.OfType<Effect.WaitUntil>().Single().Deadline;
        Now = deadline;
        See(n => new Observation.DeadlinePassed(n, deadline));
    }

    public void IsRestarted(Finding finding) => See(n => new Observation.Recovered(n, finding));

    public Event.OperationEnded EndOf(string operation) =>
        Assert.Single(Journal.OfType<Event.OperationEnded>(), e => e.Operation.Id.Value == operation);

    public bool HasEnded(string operation) => Journal.OfType<Event.OperationEnded>().Any(e => e.Operation.Id.Value == operation);

    public T In<T>()
        where T : VmState => Assert.IsType<T>(State);

    public T Phase<T>()
        where T : StopPhase => Assert.IsType<T>(In<Stopping>().Phase);

    public string Decision<T>()
        where T : Decision => string.Create(CultureInfo.InvariantCulture, $"{Assert.IsType<T>(Last)}");

    private void Take(Input input)
    {
        Last = State.Decide(input, Limits);
        if (Last is not VmSupervisor.Domain.Decision.Accepted accepted)
            return;
        Assert.NotEmpty(accepted.Events);
        foreach (var e in accepted.Events)
        {
            State = Evolution.Evolve(State, e);
            Journal.Add(e);
        }
    }
}
