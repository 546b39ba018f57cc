using Microsoft.Extensions.Logging;
using VmSupervisor.Actors;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Effects;
using VmSupervisor.Vms.Views;

namespace VmSupervisor.Vms;

/// <summary>
/// Finds a VM's actor, or makes it; keeps names unique; brings an actor back that had to stop.
/// </summary>
internal sealed partial class VmDirectory(VmServices services) : Actor
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly Dictionary<VmId, Entry> _entries = [];
    private readonly Dictionary<string, VmId> _names = new(StringComparer.Ordinal);
    private readonly HashSet<VmId> _recovering = [];
    private readonly ILogger _logger = services.Logger;
    private IActorRef? _awaitsRecovery;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Submit submit:
                Pass(submit);
                break;
            case ToVm to:
                Pass(to);
                break;
            case RecoverAll all:
                RecoverAll(all);
                break;
            case VmRecovered recovered:
                _entries[recovered.Vm].Failures = 0;
                Recovered(recovered.Vm);
                break;
            case VmNamed named:
                Named(named);
                break;
            case Terminated terminated:
                Stopped(terminated);
                break;
            case Retry retry:
                Start(_entries[retry.Vm]);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Pass(Submit submit)
    {
        var name = submit.Wish switch
        {
            Wish.Define define => define.Definition.Name,
            Wish.Receive receive => (receive.Next ?? receive.Definition).Name,
            _ => null,
        };
        if (name is not null && !Reserve(name, submit.Vm, out var owner))
        {
            Sender.Tell(OperationViews.Refused(
                submit.Vm, submit.Operation, Now, ProblemKind.Conflict, $"the name '{name}' is vm {owner}'s; names are unique on a node"));
            return;
        }

        var entry = _entries.TryGetValue(submit.Vm, out var known) ? known : Add(submit.Vm);
        if (entry.Actor is { } actor)
            actor.Forward(submit, Context);
        else
            Sender.Tell(OperationViews.Refused(submit.Vm, submit.Operation, Now, ProblemKind.Unavailable, services.Board.WhyUnavailable(submit.Vm) ?? "it is being recovered; ask again"));
    }

    private void Pass(ToVm to)
    {
        var entry = _entries.TryGetValue(to.Vm, out var known) ? known : Add(to.Vm);
        if (entry.Actor is { } actor)
            actor.Forward(to.Message, Context);
        else
            Sender.Tell(new VmUnavailable(services.Board.WhyUnavailable(to.Vm) ?? "it is being recovered"));
    }

    private DateTimeOffset Now => Context.System.Time.GetUtcNow();

    private bool Reserve(string name, VmId vm, out VmId owner)
    {
        if (_names.TryGetValue(name, out owner))
            return owner == vm;
        _names[name] = vm;
        return true;
    }

    /// <summary>A VM has one name; what was reserved for a definition that did not come is free again.</summary>
    private void Named(VmNamed named)
    {
        foreach (var (name, _) in _names.Where(n => n.Value == named.Vm && n.Key != named.Name).ToArray())
            _names.Remove(name);
        if (named.Name is not null)
            _names.TryAdd(named.Name, named.Vm);
    }

    private void RecoverAll(RecoverAll all)
    {
        _awaitsRecovery = Sender;
        _recovering.UnionWith(all.Vms);
        foreach (var vm in all.Vms)
            Add(vm);
        Recovered(null);
    }

    private void Recovered(VmId? vm)
    {
        if (vm is { } one)
            _recovering.Remove(one);
        if (_recovering.Count > 0 || _awaitsRecovery is not { } asker)
            return;
        _awaitsRecovery = null;
        asker.Tell(new AllRecovered());
    }

    private Entry Add(VmId vm)
    {
        var entry = new Entry(vm, new EffectRunner(vm, services.World, services.Logger));
        _entries.Add(vm, entry);
        Start(entry);
        return entry;
    }

    private void Start(Entry entry)
    {
        var vm = entry.Vm;
        var runner = entry.Runner;
        entry.Actor = Context.ActorOf(Props.Create(() => new VmActor(vm, services, runner)), $"vm-{vm}-{++entry.Lives}");
        Context.Watch(entry.Actor);
    }

    /// <summary>
    /// An actor stops when it cannot know what the journal holds. Recovery tells; the guest is not concerned. An event
    /// that this program cannot read is another matter: nothing is touched until a program that can is started.
    /// </summary>
    private void Stopped(Terminated terminated)
    {
        if (_entries.Values.FirstOrDefault(e => e.Actor?.Path == terminated.Actor.Path) is not { } entry)
            return;
        entry.Actor = null;
        var why = terminated.Cause?.Message ?? "its actor stopped";
        services.Board.Unavailable(entry.Vm, why);
        LogStopped(entry.Vm, why);
        Recovered(entry.Vm);
        if (terminated.Cause is RecoveryFailedException { InnerException: UnknownEventException })
            return;
        var delay = TimeSpan.FromTicks(Math.Min(LongestRetry.Ticks, FirstRetry.Ticks << Math.Min(entry.Failures++, 10)));
        Context.Timers.StartSingleTimer(entry.Vm, new Retry(entry.Vm), delay);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "vm {Vm}: {Why}")]
    private partial void LogStopped(VmId vm, string why);

    private sealed record Retry(VmId Vm);

    private sealed class Entry(VmId vm, EffectRunner runner)
    {
        public VmId Vm { get; } = vm;

        /// <summary>Outlives the lives of the actor, and with it the gate that keeps their effects apart.</summary>
        public EffectRunner Runner { get; } = runner;

        public IActorRef? Actor { get; set; }

        public int Lives { get; set; }

        public int Failures { get; set; }
    }
}
