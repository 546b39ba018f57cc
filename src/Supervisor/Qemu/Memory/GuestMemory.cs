using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.Launch;
using VmSupervisor.Qemu.Monitor;

namespace VmSupervisor.Qemu.Memory;

/// <summary>Writes guests' states to files.</summary>
internal sealed class GuestMemory(IncarnationHandles lives, HypervisorOptions options, TimeProvider time) : IGuestMemory
{
    /// <inheritdoc/>
    public async Task<SaveResult> SaveAsync(ProcessKey key, string path, Action<SaveProgress> progress, CancellationToken cancellationToken)
    {
        var life = lives.Of(key);
        using var writer = new StateWriter(life, PartialOf(path), options, time);
        try
        {
            if (await writer.WriteAsync(path, progress, cancellationToken))
            {
                await SealAsync(life, writer.Path, cancellationToken);
                File.Move(writer.Path, path, overwrite: true);
            }

            DurableFile.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new SaveResult.Saved(new FileInfo(path).Length);
        }
        catch (MonitorTrouble trouble)
        {
            await writer.UndoAsync();
            return new SaveResult.Failed(trouble.Failure.Reason, trouble.Failure.Unreachable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await writer.UndoAsync();
            return new SaveResult.Failed(e.Message, Unreachable: false);
        }
        catch
        {
            await writer.UndoAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<MonitorResult> DiscardAsync(ProcessKey key, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var writer = new StateWriter(lives.Of(key), PartialOf(path), options, time);
            await writer.EndAsync(cancellationToken);
            File.Delete(PartialOf(path));
            File.Delete(path);
            return new MonitorResult.Done();
        }
        catch (DirectoryNotFoundException)
        {
            // The first save of all was given up before its directory was made.
            return new MonitorResult.Done();
        }
        catch (MonitorTrouble trouble)
        {
            return trouble.Failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new MonitorResult.Failed($"{path} cannot be removed: {e.Message}", Unreachable: false);
        }
    }

    private static string PartialOf(string path) => $"{path}.partial";

    private static async Task SealAsync(IncarnationHandle life, string path, CancellationToken cancellationToken)
    {
        // Open before the seal is written: what could not be written since is told to us.
        using var file = FileDescriptor.Open(path, LibC.OpenReadOnly);
        var machine = PlainFile.Read(life.Files.Machine) is { } lines ? lines.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
        await StateSeal.ApplyAsync(path, life.Key, machine, cancellationToken);
        await SlowCall.SyncAsync(file, path);
    }
}
