namespace VmSupervisor.TestKit;

/// <summary>How a launch fails.</summary>
internal abstract record SimulatedLaunchFault
{
    private SimulatedLaunchFault() { }

    /// <summary>There is no process at all.</summary>
    public sealed record BeforeSpawn(string Reason) : SimulatedLaunchFault;

    /// <summary>QEMU says why and ends, before it greets.</summary>
    public sealed record Ends(string Reason) : SimulatedLaunchFault;

    /// <summary>Its monitor fails right after the spawn, and the process lives.</summary>
    public sealed record AfterSpawn(string Reason) : SimulatedLaunchFault;

    /// <summary>It never greets: the launch runs into its deadline while the process and its children live.</summary>
    public sealed record Silent(int Children) : SimulatedLaunchFault;
}
