using VmSupervisor.Doctor.Checks;
using VmSupervisor.Linux;

namespace VmSupervisor.Doctor.Leftovers;

/// <summary>Run directories of lives that are over.</summary>
internal sealed class StrayDirectories(string runDirectory, ProcFs processes, IKnownVms vms) : ILeftoverKind
{
    private readonly LifePaths paths = new(runDirectory);
    private readonly DirectorySight sight = new(runDirectory, vms);

    public IReadOnlyList<Leftover> Find() => [.. (sight.Look() ?? []).Select(Of)];

    private Leftover Of(string directory)
    {
        var (vm, life) = paths.LifeOf(directory);
        return Leftover.Removable(
            $"run-directory-{directory}", "run-directory", vm, life, $"{directory} is of no life", "delete it with all that is in it, once no process uses it",
            _ => Task.FromResult(Delete(directory)));
    }

    private string Delete(string directory)
    {
        if (!Directory.Exists(directory))
            return "it was gone";
        if (Users(directory) is { Length: > 0 } users)
            throw new IOException($"{directory} is in use: {Finding.Several(users)}");
        var path = Path.Combine(directory, "lock");
        if (File.Exists(path))
        {
            // The proof that nothing of this life lives; held until all is gone.
            using var free = FileLock.TryAcquire(path) ?? throw new IOException($"{path} is held: something of that life lives");
            Directory.Delete(directory, recursive: true);
        }
        else
        {
            Directory.Delete(directory, recursive: true);
        }

        // The directory of a VM goes with its last life.
        if (Path.GetDirectoryName(directory) is { } parent && parent != paths.All && !Directory.EnumerateFileSystemEntries(parent).Any())
            Directory.Delete(parent);
        return "it was deleted";
    }

    private string[] Users(string directory) =>
    [
        .. processes.All().Where(pid => pid != Environment.ProcessId).Where(pid =>
                (processes.ReadCommandLine(pid) is { } arguments && RunDirectoryArgument.IsNamedIn(arguments, directory))
                || processes.ReadDescriptors(pid).Values.Any(f => f.StartsWith(directory + "/", StringComparison.Ordinal)))
            .Select(pid => $"process {pid}"),
    ];
}
