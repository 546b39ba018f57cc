namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether a run directory is left of a life that is over.</summary>
internal sealed class RunDirectoryCheck(string runDirectory, IKnownVms vms) : ICheck
{
    private readonly LifePaths paths = new(runDirectory);
    private readonly DirectorySight sight = new(runDirectory, vms);

    public string Name => "run-directories";

    public Task<Finding> LookAsync(CancellationToken cancellationToken) => Task.FromResult(sight.Look() switch
    {
        null => Finding.Warning("not told while the node starts or stops", "ask again when it is ready"),
        [] => Finding.Ok($"{paths.All}: nothing is left of lives that are over"),
        [var first, ..] left => Finding.Warning(
            Finding.Several([.. left.Select(d => $"{d} is of no life")]),
            $"vmsup doctor --fix, which asks first; or, when no process uses it (fuser -v {first}/*, and the check of processes): rm -r {first}"),
    });
}
