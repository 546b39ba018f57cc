using System.Collections.Immutable;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Laws;

/// <summary>Operations begin when they are accepted and end exactly once; none is lost, and none that succeeded lies.</summary>
internal static class Operations
{
    public static World Judge(World world, VmState before, VmState after, Input input, ValueList<Event> events)
    {
        var open = before.Operations.Select(o => o.Id).ToList();
        if (input is Input.Asked asked)
        {
            open.Add(asked.Operation.Id);
            if (asked.Wish is Wish.Start && !world.Processes.Any(p => !p.Dying))
                world = world with { Unseen = world.Unseen.Add(asked.Operation.Id) };
        }

        foreach (var ended in events.OfType<Event.OperationEnded>())
        {
            var id = ended.Operation.Id;
            if (!open.Remove(id))
                return world.Break(Law.OperationsEnd, $"{ended.Operation.Kind} ends though it had ended");
            if (ended.Ending == Ending.Succeeded && world.Unseen.Contains(id))
                return world.Break(Law.OperationsEnd, $"{ended.Operation.Kind} ends as succeeded ({ended.Detail}), and no living QEMU has been there since it was asked");
            world = world with { Unseen = world.Unseen.Remove(id) };
        }

        var left = after.Operations.Select(o => o.Id).ToList();
        return (left.Count == open.Count && left.All(open.Contains)) ? world : world.Break(Law.OperationsEnd, "an operation is neither pending nor ended");
    }
}
