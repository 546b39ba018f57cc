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
                held.LetGo();
                return;
            case Victim.TargetQemu:
                Kernel.Signal(Copies.The(held.Target, vm.Vm).Pid, Kernel.Kill);
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
            await Task.Delay(vm.Arena.Patience.Over);
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
