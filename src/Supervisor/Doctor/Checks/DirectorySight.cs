namespace VmSupervisor.Doctor.Checks;

/// <summary>Finds the run directories that are of no life.</summary>
internal sealed class DirectorySight(string runDirectory, IKnownVms vms)
{
    private readonly LifePaths paths = new(runDirectory);

    /// <summary>Those that are left; null when it cannot be told what belongs to whom.</summary>
    public IReadOnlyList<string>? Look()
    {
        // As with processes: what is there before and after and is not the board's in between is nobody's.
        var seen = Lives();
        var known = vms.Look();
        if (!known.Ready)
            return null;
        var owned = known.Vms.Where(vm => vm.Life is not null).Select(vm => paths.Of(vm.Id, vm.Life!.Value)).ToHashSet();
        var unknown = known.Unrecovered.Select(u => paths.Of(u.Id)).ToHashSet();
        return
        [
            .. seen.Where(d => !owned.Contains(d) && !unknown.Contains(d) && !unknown.Contains(Path.GetDirectoryName(d)!)
                && !owned.Any(o => o.StartsWith(d + "/", StringComparison.Ordinal)) && Directory.Exists(d)),
        ];
    }

    /// <summary>The directories of lives, and those of VMs that have none.</summary>
    private string[] Lives()
    {
        try
        {
            return [.. Directory.EnumerateDirectories(paths.All).Order().SelectMany(vm => Directory.GetDirectories(vm) is { Length: > 0 } lives ? lives.Order() : Enumerable.Repeat(vm, 1))];
        }
        catch (DirectoryNotFoundException)
        {
            // The last of a VM's lives went, and its directory with it, while we looked; or there never was one.
            return Directory.Exists(paths.All) ? Lives() : [];
        }
    }
}
