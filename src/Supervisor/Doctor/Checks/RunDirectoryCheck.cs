namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether a run directory is left of a life that is over.</summary>
internal sealed class RunDirectoryCheck(string runDirectory, IKnownVms vms) : ICheck
{
    private readonly LifePaths paths = new(runDirectory);

    public string Name => "run-directories";

    public Task<Finding> LookAsync(CancellationToken cancellationToken) => Task.FromResult(Look());

    private Finding Look()
    {
        // As with processes: what is there before and after and is not the board's in between is nobody's.
        var seen = Lives();
        var known = vms.Look();
        if (!known.Ready)
            return Finding.Warning("not told while the node starts or stops", "ask again when it is ready");
        var owned = known.Vms.Where(vm => vm.Life is not null).Select(vm => paths.Of(vm.Id, vm.Life!.Value)).ToHashSet();
        var unknown = known.Unrecovered.Select(u => paths.Of(u.Id)).ToHashSet();
        var left = seen.Where(d => !owned.Contains(d) && !unknown.Contains(d) && !unknown.Contains(Path.GetDirectoryName(d)!)
            && !owned.Any(o => o.StartsWith(d + "/", StringComparison.Ordinal)) && Directory.Exists(d)).ToArray();
        return left.Length == 0
            ? Finding.Ok($"{paths.All}: nothing is left of lives that are over")
            : Finding.Warning(
                Finding.Several([.. left.Select(d => $"{d} is of no life")]),
                $"when no process uses it (fuser -v {left[0]}/*, and the check of processes): rm -r {left[0]}");
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
