namespace VmSupervisor.Chaos.Observer;

/// <summary>Where one node's things are on this host.</summary>
/// <param name="Root">Its directory.</param>
/// <param name="Node">Its name, as the marks on devices and the environment of scripts have it.</param>
internal sealed record Place(string Root, string Node)
{
    /// <summary>What hooks and volumes' scripts have written down.</summary>
    public string Witness => Path.Combine(Root, "witness.log");

    /// <summary>Run directories are <c>VM/LIFE</c> in it.</summary>
    public string RunDirectories => Path.Combine(Root, "r", "vms");

    /// <summary>The memory of guests that were suspended to disk.</summary>
    public string SavedMemory => Path.Combine(Root, "s", "memory");

    /// <summary>A script's volume is active when <c>NAME.active</c> is there.</summary>
    public string Volumes => Path.Combine(Root, "volumes");
}
