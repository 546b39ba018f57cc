namespace VmSupervisor.Actors.Kernel;

/// <summary>
/// Something an actor waits for without handling messages: they stay in the mailbox, in order. Its outcome comes as
/// a system message and is handled in the actor's next turn, before any user message, unless the actor is suspended
/// (then after it is resumed) or that life is over (then never).
/// </summary>
internal abstract class Gate(ActorCell cell, IActorRef? sender) : IAutoReceived
{
    /// <summary>Written and read within turns of the actor only.</summary>
    public bool IsReady { get; set; }

    /// <summary>Whom the outcome's handler may answer.</summary>
    public IActorRef? Sender { get; } = sender;

    protected ActorCell Cell => cell;

    public abstract void Start();

    /// <summary>The life that waited is over.</summary>
    public abstract void Abandon();

    public void Deliver(ActorCell owner)
    {
        owner.OpenGate();
        Handle();
    }

    protected abstract void Handle();

    protected void Ready() => cell.Self.SendSystem(new SystemMessage.GateReady(this));
}
