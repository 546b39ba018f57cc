using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Migrations.Tests.Peers;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>A migration that is held at one moment. What holds it is a message that is not carried on, or a QEMU that is frozen.</summary>
internal sealed class HeldMigration
{
    /// <summary>So slow that a guest which writes to its memory never comes to an end.</summary>
    private const long Slow = 64 << 10;

    private readonly Moving _vm;
    private Hold? _hold;
    private int? _frozen;

    private HeldMigration(Moving vm) => (_vm, Source, Target) = (vm, vm.Node, vm.Other);

    public Node Source { get; }

    public Node Target { get; }

    public OperationId Operation { get; private set; }

    public static async Task<HeldMigration> AtAsync(Moving vm, Moment moment, MigrationTransport transport, long? bytesPerSecond = null)
    {
        var held = new HeldMigration(vm);
        await held.ReachAsync(moment, transport, bytesPerSecond);
        return held;
    }

    /// <summary>A frozen QEMU goes on.</summary>
    public void Thaw()
    {
        if (_frozen is { } pid && World.Lives(pid))
            Kernel.Signal(pid, Kernel.Continue);
        _frozen = null;
    }

    /// <summary>What was held is carried on.</summary>
    public void LetGo()
    {
        Thaw();
        _hold?.LetGo();
    }

    /// <summary>What was held is lost.</summary>
    public void Lose()
    {
        Thaw();
        _hold?.Lose();
    }

    private async Task ReachAsync(Moment moment, MigrationTransport transport, long? bytesPerSecond)
    {
        var migrate = new VmCommand.Migrate(Target.Name, transport, moment == Moment.Sending ? bytesPerSecond ?? Slow : null);
        _hold = Holds(moment) is { } matches ? _vm.Arena.To(Target).Hold(matches) : null;
        Operation = await _vm.BeginAsync(migrate);
        if (_hold is not null)
            await _hold.Seen.WaitAsync(Limits.Step);
        switch (moment)
        {
            case Moment.Sending:
                await Eventually.SeeAsync("memory is being sent", async () =>
                    (await Source.Client.OperationAsync(Operation)).Progress?.Migration is { Transferred: > 0 } progress ? progress : null);
                break;
            case Moment.SwitchingOver:
                Freeze();
                _hold!.LetGo();
                var life = Copies.The(Source, _vm.Vm).RunDirectory;
                await Eventually.SeeAsync("the source's QEMU is in device", async () => await Qmp.MigrationStatusAsync(life) == "device" ? life : null);
                break;
            case Moment.FinishRequested:
                await _vm.JournaledAsync(Target, "start-advanced", e => e.Data["phase"] == "received");
                break;
            case Moment.Committed:
                await _vm.JournaledAsync(Target, "start-advanced", e => e.Data["phase"] == "received");
                Freeze();
                _hold!.LetGo();
                await _vm.JournaledAsync(Target, "migration-committed");
                break;
        }
    }

    private void Freeze()
    {
        _frozen = Copies.The(Target, _vm.Vm).Pid;
        Kernel.Signal(_frozen.Value, Kernel.Stop);
    }

    private static Func<PeerMessageSeen, bool>? Holds(Moment moment) => moment switch
    {
        Moment.Begun => PeerMessageSeen.IsPrepare,
        Moment.Prepared or Moment.SwitchingOver => PeerMessageSeen.IsPrepared,
        Moment.FinishRequested or Moment.Committed => PeerMessageSeen.IsFinish,
        Moment.Runs => PeerMessageSeen.IsRunning,
        _ => null,
    };
}
