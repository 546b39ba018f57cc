using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Laws;

/// <summary>Where a VM may come to rest when faults and commands are over. (That it comes to rest at all is judged by the explorer.)</summary>
internal static class Endings
{
    public static Violation? Judge(World world)
    {
        var state = world.Journal.State;
        if (state.Operations.FirstOrDefault() is { } pending)
            return new(Law.OperationsEnd, $"nothing more happens, and {pending.Kind} has not ended");
        if (world.Season == Season.StopOwed)
            return new(Law.WayOut, "nothing more happens, and a forced stop cannot be taken");
        if (world.Season == Season.Stopped && state is not (CleanedUp or Undefined))
            return new(Law.WayOut, $"nothing more happens after a forced stop, and the VM is {state.GetType().Name}");
        if (world is { Season: Season.Stopped, KeepPromised: false } && world.Held.FirstOrDefault(h => h.Step.StartsWith('/')) is { Owner: > 0 } left)
            return new(Law.OneCleanup, $"nothing more happens after a forced stop, and {left.Step} is still active");
        return state is CleanedUp or Undefined or Running
            ? null
            : new(Law.WayOut, $"nothing more happens, and the VM is {state.GetType().Name}");
    }
}
