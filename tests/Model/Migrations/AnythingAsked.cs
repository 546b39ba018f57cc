using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Model.Migrations;

/// <summary>
/// Wishes and what nodes say of sessions can come at any time. Those that the world's clients and nodes do not send in some
/// state are asked of the rules there, and have to be answered; what they would lead to is not followed.
/// </summary>
internal static class AnythingAsked
{
    private static readonly Operation Asked = new(OperationId.Parse("op-any"), "any", "anybody", default, "");
    private static readonly MigrationSession Unknown = new(OperationId.Parse("unknown"), "c", "b", new Incarnation(90), new Incarnation(91));

    public static void Of(MigrationActor actor, MigrationWorld world)
    {
        foreach (var state in (VmState[])[world.A.State, world.B.State])
        {
            actor.Decide(state, new Input.Asked(Asked, new Wish.Migrate(MigrationModel.Plan(null, default)), world.Now));
            actor.Decide(state, new Input.Asked(Asked, new Wish.LoseTarget(), world.Now));
            actor.Decide(state, new Input.Asked(Asked, new Wish.LoseSource(), world.Now));
            actor.Decide(state, new Input.Asked(Asked, new Wish.Receive(Unknown, MigrationModel.Vm, MigrationModel.Plan(null, default), true), world.Now));
            foreach (PeerNote note in (PeerNote[])[new PeerNote.Finish(Unknown), new PeerNote.Ask(Unknown), new PeerNote.Abort(Unknown), new PeerNote.Acknowledge(Unknown)])
                actor.Decide(state, new Input.Told(note, world.Now));
        }
    }
}
