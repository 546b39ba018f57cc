using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Worlds;

/// <summary>Commands, at any time; and the end of the season, at any time.</summary>
internal sealed class Clients(Bounds bounds, Actor actor)
{
    private static readonly OperationId Unknown = OperationId.Parse("op-0");

    public void Expand(World world, Successors<World> next)
    {
        switch (world.Season)
        {
            case Season.Open:
                if (world.Awake && world.State.Operations.Count() < bounds.InFlight)
                    Command(world, next);
                var calm = world with { Faults = 0, Crashes = 0 };
                next.Add(new("faults and commands are over"), calm with { Season = Season.Closed });
                next.Add(new("faults and commands are over, but for a forced stop"), calm with { Season = Season.StopOwed });
                break;
            case Season.StopOwed when world.Awake:
                actor.Ask(world with { Season = Season.Stopped }, new Wish.Stop(KeepActive: false), new("client: stop"), next);
                break;
        }
    }

    private void Command(World world, Successors<World> next)
    {
        foreach (var wish in bounds.Menu)
        {
            // There is a limit to how many lives are looked at; what is refused begins none.
            var another = (wish is Wish.Reboot && world.State is not Starting) || wish is Wish.Backup { Mode: BackupMode.Stop } || (wish is Wish.Backup && world.State is not Running) || (wish is Wish.Start && world.State is not Starting);
            if (another && world.State is not Undefined && world.State.Last.Value >= bounds.Incarnations)
                continue;
            if (wish is Wish.Cancel)
                Cancel(world, next);
            else
                actor.Ask(world, wish, new("client: {0}", Spell(wish)), next);
        }
    }

    /// <summary>Any operation that is under way; where there is none, one that is not.</summary>
    private void Cancel(World world, Successors<World> next)
    {
        if (!world.State.Operations.Any())
            actor.Ask(world, new Wish.Cancel(Unknown), new("client: cancel what is not under way"), next);
        foreach (var operation in world.State.Operations)
            actor.Ask(world, new Wish.Cancel(operation.Id), new("client: cancel the {0}", operation.Kind), next);
    }

    private static string Spell(Wish wish) => wish switch
    {
        Wish.Start start => "start" + (start.Paused ? " --paused" : "") + (start.Fresh ? " --discard-saved" : ""),
        Wish.Stop stop => stop.KeepActive ? "stop --keep-active" : "stop",
        Wish.Shutdown shutdown => "shutdown" + (shutdown.ForceAfter is null ? "" : " --force-after") + (shutdown.KeepActive ? " --keep-active" : ""),
        Wish.Guest guest => guest.Request.ToString(),
        Wish.Define => "define",
        Wish.Backup backup => $"backup --mode {backup.Mode}",
        Wish.Hibernate => "hibernate",
        Wish.Undefine undefine => undefine.Force ? "undefine --force" : "undefine",
        Wish.Reboot reboot => "reboot" + (reboot.ForceAfter is null ? "" : " --force-after"),
        _ => wish.ToString(),
    };
}
