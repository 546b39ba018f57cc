using System.Security.Cryptography;
using System.Text;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Resources.Volumes;

/// <summary>
/// Volumes that an executable activates and deactivates. It is called with what to do and the volume's name:
/// <c>activate</c>, <c>deactivate</c> (both succeed when it is so already), and <c>path</c>, which prints the path of
/// the image or device and exits with 0 when it is active, and with anything else when it is not.
/// </summary>
/// <remarks>
/// A call holds a lock, which outlives us: a supervisor that follows one that was killed in the middle of
/// <c>activate</c> waits for the end of that before it calls <c>deactivate</c>.
/// </remarks>
internal sealed class ScriptVolumes(Spawner spawner, ExitWatcher exits, Readiness readiness, TimeProvider time, string directory) : IVolumeKind
{
    /// <summary>What is read of a call's output, in bytes: the longest path there is, and room for words.</summary>
    private const int MostOutput = 8192;

    private const int LockInChild = 3;

    public string Type => DiskType.Script;

    public async Task<string> AcquireAsync(VolumeRequest request, CancellationToken cancellationToken)
    {
        await DoAsync(request, "activate", cancellationToken);
        return await LookAsync(request, cancellationToken)
            ?? throw new ResourceException($"{request.Script} activated {request.Volume}, and then knew no path of it");
    }

    public Task ReleaseAsync(VolumeRequest request, CancellationToken cancellationToken) => DoAsync(request, "deactivate", cancellationToken);

    public async Task<string?> LookAsync(VolumeRequest request, CancellationToken cancellationToken)
    {
        var (exit, output, _) = await CallAsync(request, "path", cancellationToken);
        if (exit.Code != 0)
            return null;
        var path = output.TrimEnd('\n');
        return path.StartsWith('/') && !path.Contains('\n')
            ? path
            : throw new ResourceException($"{request.Script} path {request.Volume} printed {(path.Length == 0 ? "nothing" : $"'{path}'")}, allowed: one absolute path");
    }

    /// <summary>Where the files of a call are, without their extensions; the lock is <c>.lock</c>.</summary>
    internal string FilesOf(VolumeRequest request) =>
        Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{request}")).AsSpan(0, 8)));

    private async Task DoAsync(VolumeRequest request, string what, CancellationToken cancellationToken)
    {
        var (exit, _, errors) = await CallAsync(request, what, cancellationToken);
        if (exit.Code != 0)
            throw new ResourceException($"{request.Script} {what} {request.Volume}: {(errors.Length > 0 ? $"{errors} ({exit})" : exit)}");
    }

    private async Task<(ProcessExit Exit, string Output, string Errors)> CallAsync(VolumeRequest request, string what, CancellationToken cancellationToken)
    {
        var files = FilesOf(request);
        var (output, errors) = ($"{files}.out", $"{files}.err");
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var call = await FileLock.AcquireAsync($"{files}.lock", readiness, time, cancellationToken);
            Delete(output, errors);
            try
            {
                var exit = await RunAsync(
                    new SpawnRequest(request.Script!, [what, request.Volume], EnvironmentOf(request), "/", output, errors, [new(call.Descriptor, LockInChild)]),
                    cancellationToken);
                return (exit, Read(output), LastLine(Read(errors)));
            }
            finally
            {
                // Nobody else waits for this lock: the calls for one volume of a VM come one after the other.
                Delete(output, errors, call.Path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException(e.Message, e);
        }
    }

    /// <summary>A call that takes too long is killed with all that it began, and waited for: it must not go on beside the next.</summary>
    private async Task<ProcessExit> RunAsync(SpawnRequest request, CancellationToken cancellationToken)
    {
        var spawned = spawner.Spawn(request);
        if (spawned is SpawnResult.Failed(_, var reason))
            throw new ResourceException(reason) { NothingDone = request.Arguments is ["activate", ..] };
        using var process = ((SpawnResult.Spawned)spawned).Process;
        try
        {
            return await exits.WaitAsync(process, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // As long as nobody has reaped it, the number of its group cannot be anybody else's.
            if (process.IsChild)
                LibC.Kill(-process.Pid, (int)Signal.Kill);
            await exits.WaitAsync(process, CancellationToken.None);
            throw;
        }
    }

    private static IReadOnlyList<KeyValuePair<string, string>> EnvironmentOf(VolumeRequest request) =>
    [
        new("PATH", Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        new("LC_ALL", "C"),
        new("VMSUP_NODE", request.Owner.Node),
        new("VMSUP_VM", request.Owner.Vm.ToString()),
        new("VMSUP_READONLY", request.Readonly ? "1" : "0"),
    ];

    private static string Read(string path)
    {
        if (!File.Exists(path))
            return "";
        using var file = File.OpenRead(path);
        var bytes = new byte[MostOutput];
        return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";

    private static void Delete(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            File.Delete(path);
    }
}
