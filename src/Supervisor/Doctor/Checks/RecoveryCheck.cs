namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether every VM of the journal was brought back.</summary>
internal sealed class RecoveryCheck(IKnownVms vms) : ICheck
{
    public string Name => "recovery";

    public Task<Finding> LookAsync(CancellationToken cancellationToken)
    {
        var known = vms.Look();
        return Task.FromResult(known switch
        {
            { Ready: false } => Finding.Warning("the node starts or stops", "ask again when it is ready"),
            { Unrecovered: [] } => Finding.Ok($"{known.Vms.Count} {(known.Vms.Count == 1 ? "VM" : "VMs")}, all recovered"),
            _ => Finding.Failed(
                Finding.Several([.. known.Unrecovered.Select(u => $"vm {u.Id}: {u.Why}")]),
                "these VMs run on, but nobody looks after them: their journal is of a newer vmsupd (install it) or damaged"),
        });
    }
}
