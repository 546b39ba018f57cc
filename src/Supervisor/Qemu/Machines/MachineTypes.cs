using Microsoft.Extensions.Logging;
using VmSupervisor.Domain;
using VmSupervisor.Linux;

namespace VmSupervisor.Qemu.Machines;

/// <summary>Which versioned machine types a QEMU has, and which of them its aliases stand for; asked once per executable.</summary>
/// <remarks>
/// The executable is known by path, size and time of change, so that an upgrade is noticed at the next question. Asking
/// takes some 20 ms.
/// </remarks>
internal sealed partial class MachineTypes(Spawner spawner, ExitWatcher exits, string stateDirectory, TimeProvider time, ILogger<MachineTypes> logger)
{
    /// <summary>For a QEMU on a host that is overloaded.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private (string Key, Task<IReadOnlyDictionary<string, string?>?> Types)? asked;

    /// <summary>The versioned type that an alias stands for; null when it is none, or when QEMU could not be asked.</summary>
    /// <param name="qemu">QEMU, absolute.</param>
    /// <param name="machine">A machine type.</param>
    /// <param name="cancellationToken">Gives up waiting only.</param>
    public async Task<string?> ResolveAsync(string qemu, string machine, CancellationToken cancellationToken)
    {
        var types = await AskedAsync(qemu).WaitAsync(cancellationToken);
        return types?.GetValueOrDefault(machine);
    }

    /// <summary>Whether QEMU has a machine type; null when it could not be asked.</summary>
    /// <param name="qemu">QEMU, absolute.</param>
    /// <param name="machine">A machine type.</param>
    /// <param name="cancellationToken">Gives up waiting only.</param>
    public async Task<bool?> KnowsAsync(string qemu, string machine, CancellationToken cancellationToken)
    {
        var types = await AskedAsync(qemu).WaitAsync(cancellationToken);
        return types?.ContainsKey(machine);
    }

    private Task<IReadOnlyDictionary<string, string?>?> AskedAsync(string qemu)
    {
        var file = new FileInfo(qemu);
        var key = FormattableString.Invariant($"{qemu} {(file.Exists ? file.Length : 0)} {file.LastWriteTimeUtc.Ticks}");
        lock (gate)
        {
            // What failed is asked again: a host that was overloaded may not be any more.
            if (asked is not { } earlier || earlier.Key != key || earlier.Types is { IsCompletedSuccessfully: true, Result: null })
                asked = (key, AskAsync(qemu));
            return asked.Value.Types;
        }
    }

    private async Task<IReadOnlyDictionary<string, string?>?> AskAsync(string qemu)
    {
        var output = Path.Combine(stateDirectory, "machine-types.out");
        var errors = Path.Combine(stateDirectory, "machine-types.err");
        try
        {
            Directory.CreateDirectory(stateDirectory);
            Delete(output, errors);
            var request = new SpawnRequest(qemu, ["-machine", "help"], QemuEnvironment.Variables, "/", output, errors, []);
            if (spawner.Spawn(request) is not SpawnResult.Spawned(var process))
                return null;
            using (process)
            {
                var exit = await EndAsync(process);
                if (exit.Code == 0)
                    return MachineList.TypesIn(File.ReadLines(output));
                LogFailed(qemu, $"{QemuWords.From(errors, "it said nothing")} ({exit})");
                return null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFailed(qemu, e.Message);
            return null;
        }
        finally
        {
            Delete(output, errors);
        }
    }

    private async Task<ProcessExit> EndAsync(PidFd process)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            return await exits.WaitAsync(process, patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Signal(Signal.Kill);
            return await exits.WaitAsync(process, CancellationToken.None);
        }
    }

    private static void Delete(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            File.Delete(path);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the machine types of {Qemu} are not known, so none is pinned: {Why}")]
    private partial void LogFailed(string qemu, string why);
}
