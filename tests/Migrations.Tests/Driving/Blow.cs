using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>Strikes a cell's victim, and brings back what can come back.</summary>
internal sealed class Blow(Cell cell, Moving vm, HeldMigration held)
{
    public async Task StrikeAsync()
    {
        switch (cell.Victim)
        {
            case Victim.SourceQemu:
                Kernel.Signal(Copies.The(held.Source, vm.Vm).Pid, Kernel.Kill);

                // So the request to prepare comes when the session is over, and is to be refused.
                if (cell.Moment == Moment.Begun)
                    await vm.JournaledAsync(held.Source, "farewell-taken");
                held.LetGo();
                return;
            case Victim.TargetQemu:
                Kernel.Signal(Copies.The(held.Target, vm.Vm).Pid, Kernel.Kill);

                // A commit that comes before the exit is seen is another moment.
                if (cell.Moment < Moment.Committed)
                    await vm.JournaledAsync(held.Target, "process-exited");
                held.LetGo();
                return;
            case Victim.Network:
                vm.Arena.Cut();
                break;
            default:
                await Task.WhenAll(Struck().Select(node => node.KillDaemonAsync()));
                break;
        }

        // What was on its way is lost with the connection.
        held.Lose();
        if (cell.Lasts)
            await GivenUpAsync();
        else if (cell.Moment == Moment.SwitchingOver && cell.Victim != Victim.Network)
            await CompletedAsync();
    }

    public async Task MendAsync()
    {
        if (cell.Victim == Victim.Network)
            vm.Arena.Heal();
        else if (!cell.IsQemu)
            await Task.WhenAll(Struck().Select(node => node.StartDaemonAsync()));
    }

    /// <summary>Until whoever waits for the victim does not wait any more; that, not a time, is what makes it late.</summary>
    private async Task GivenUpAsync()
    {
        if (cell.Victim != Victim.TargetSupervisor && cell.Moment is > Moment.Begun and < Moment.Committed)
            await Eventually.TrueAsync("the target has given up", () => Copies.Of(held.Target, vm.Vm).Count == 0);
        if (cell.Victim != Victim.SourceSupervisor && cell.Moment < Moment.SwitchingOver)
            await Eventually.SeeAsync("the source has given up", async () => await held.Source.Client.OperationAsync(held.Operation) is { Ended: true } ended ? ended : null);

        // An autokill that is armed by mistake would have struck.
        if (cell.Moment >= Moment.Committed)
            await Task.Delay(vm.Arena.Patience.Grace * 3);
    }

    /// <summary>Nobody but the two QEMUs is needed for that.</summary>
    private async Task CompletedAsync()
    {
        var life = Copies.The(held.Source, vm.Vm).RunDirectory;
        await Eventually.SeeAsync("the source's QEMU has sent everything", async () => await Qmp.MigrationStatusAsync(life) == "completed" ? life : null);
    }

    private IEnumerable<Node> Struck() => cell.Victim switch
    {
        Victim.SourceSupervisor => [held.Source],
        Victim.TargetSupervisor => [held.Target],
        _ => vm.Arena.Nodes,
    };
}
