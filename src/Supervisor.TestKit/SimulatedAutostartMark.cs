using VmSupervisor.Hosting;

namespace VmSupervisor.TestKit;

/// <summary>Outlives supervisors and boots.</summary>
internal sealed class SimulatedAutostartMark : IAutostartMark
{
    private string? _boot;

    public string Place => "the mark of the boot";

    public string? Read() => _boot;

    public void Write(string bootId) => _boot = bootId;
}
