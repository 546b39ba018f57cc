using System.Globalization;
using System.Reflection;
using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Hooks;

/// <summary>Spawns the runner of a phase, a shell with the script as its argument: it needs no file of ours afterwards.</summary>
internal sealed class HookSpawner(Spawner spawner, Readiness readiness, TimeProvider time, string node, string bootId)
{
    /// <summary>What is kept of a phase's output, in bytes: enough for an error message, little enough for a journal record.</summary>
    public const int KeptOutput = 16 * 1024;

    // Comments would only clutter the list of processes.
    private readonly string script = string.Join('\n', ReadScript().Split('\n').Where(l => !l.TrimStart().StartsWith('#') && l.Length > 0));

    /// <summary>Spawns it; it inherits the phase's lock.</summary>
    /// <exception cref="IOException">A file of the phase could not be made.</exception>
    public async Task<SpawnResult> SpawnAsync(HookRequest request, HookFiles files, FileLock phaseLock, CancellationToken cancellationToken)
    {
        // Only a runner that has the phase's lock too ever holds these, so they are free.
        using var alive = await FileLock.AcquireAsync(files.RunnerLock, readiness, time, cancellationToken).ConfigureAwait(false);
        using var output = await FileLock.AcquireAsync(files.Output, readiness, time, cancellationToken).ConfigureAwait(false);
        using var pipe = new PipeEnds();
        return spawner.Spawn(new SpawnRequest(
            "/bin/sh",
            [
                "-c", script, "vmsup-hooks", files.Directory, request.Phase.Spell(), request.Vm.ToString(),
                request.Limit.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture),
                KeptOutput.ToString(CultureInfo.InvariantCulture), bootId, .. request.Scripts,
            ],
            HookEnvironment.Of(request, node),
            "/",
            files.Log,
            files.Log,
            [
                new(output.Descriptor, 5),
                new(alive.Descriptor, 6),
                new(pipe.Read, 7),
                new(pipe.Write, 8),
                new(phaseLock.Descriptor, 9),
            ]));
    }

    private static string ReadScript()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("hooks/runner.sh")
            ?? throw new InvalidOperationException("hooks/runner.sh is not in this assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
