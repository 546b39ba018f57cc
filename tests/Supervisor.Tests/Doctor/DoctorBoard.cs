using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Doctor;

namespace VmSupervisor.Supervisor.Tests.Doctor;

/// <summary>A board that says what the test says.</summary>
internal sealed class DoctorBoard : IKnownVms
{
    private KnownVms known = new(true, [], []);

    public static VmDefinition Definition(int id, string[]? hooks = null, string? bridge = null) => new()
    {
        Id = new(id),
        Name = $"vm-{id}",
        Memory = 16 << 20,
        Hooks = (hooks ?? []).ToValueList(),
        Nics = bridge is null ? [] : [new NicDefinition { Type = NicType.Tap, Bridge = bridge }],
    };

    public DoctorBoard With(VmDefinition definition, int? life = null, int? pid = null)
    {
        known = known with { Vms = [.. known.Vms, new(definition.Id, definition, life is { } number ? new Incarnation(number) : null, pid)] };
        return this;
    }

    public DoctorBoard Unrecovered(int id, string why)
    {
        known = known with { Unrecovered = [.. known.Unrecovered, new(new(id), why)] };
        return this;
    }

    public DoctorBoard NotReady()
    {
        known = known with { Ready = false };
        return this;
    }

    public KnownVms Look() => known;
}
