using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Resources;

/// <summary>
/// The files with guests' memory, one for an incarnation, below the state directory: they outlive boots of the host. A
/// guest's disks belong to its memory, so beside each file stands what the images were like when it was left.
/// </summary>
internal sealed class SavedMemories(string stateDirectory) : ISavedMemories
{
    private readonly string _directory = Path.Combine(stateDirectory, "memory");

    /// <inheritdoc/>
    public string PathOf(VmId vm, Incarnation of) => Path.Combine(_directory, $"{vm}-{of}");

    /// <inheritdoc/>
    public string Prepare(VmId vm, Incarnation of)
    {
        try
        {
            Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return PathOf(vm, of);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException($"{_directory} cannot be made: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Note(VmId vm, Incarnation of, IEnumerable<Step.Volume> volumes)
    {
        try
        {
            DurableFile.TryCreate(ImagesOf(vm, of), JsonSerializer.Serialize(Look(volumes)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException($"what its images are like cannot be noted: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Check(VmId vm, Incarnation of, IEnumerable<Step.Volume> volumes)
    {
        var path = PathOf(vm, of);
        if (!File.Exists(path))
            throw new ResourceException($"{path} is gone");
        try
        {
            // Without a note (the supervisor died before it could write one) there is nothing to compare with.
            if (!File.Exists(ImagesOf(vm, of)))
                return;
            var left = JsonSerializer.Deserialize<Dictionary<string, Image>>(File.ReadAllText(ImagesOf(vm, of))) ?? [];
            foreach (var (image, now) in Look(volumes))
            {
                if (left.TryGetValue(image, out var then) && then != now)
                    throw new ResourceException($"{image} was changed at {now.Changed:yyyy-MM-dd HH:mm:ss}Z, after the guest had been suspended");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ResourceException($"whether its images are as they were left cannot be told: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Remove(VmId vm, Incarnation of)
    {
        try
        {
            if (!Directory.Exists(_directory))
                return;
            // Whatever belongs to it, also what a save left that was killed.
            foreach (var file in Directory.GetFiles(_directory, $"{vm}-{of}*").Where(f => Belongs(f, vm, of)))
                File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException($"{PathOf(vm, of)} cannot be removed: {e.Message}", e);
        }
    }

    private bool Belongs(string file, VmId vm, Incarnation of) =>
        file == PathOf(vm, of) || file.StartsWith(PathOf(vm, of) + ".", StringComparison.Ordinal);

    private string ImagesOf(VmId vm, Incarnation of) => PathOf(vm, of) + ".images";

    private static Dictionary<string, Image> Look(IEnumerable<Step.Volume> volumes)
    {
        var found = new Dictionary<string, Image>();
        foreach (var file in volumes.Where(v => !v.Readonly).Select(v => new FileInfo(v.Path)).Where(f => f.Exists))
            found[file.FullName] = new Image(file.Length, file.LastWriteTimeUtc);
        return found;
    }

    private sealed record Image(long Size, DateTime Changed);
}
