using VmSupervisor.Linux;

namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether processes can be told apart for good: by the boot of the host, their pid and their start time.</summary>
internal sealed class BootIdCheck(ProcFs processes) : ICheck
{
    private const string Remedy = "mount procfs on /proc, readable and not of another PID namespace";

    public string Name => "boot-id";

    public Task<Finding> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(processes.Identify(Environment.ProcessId) is { } self
                ? Finding.Ok($"boot {self.BootId}; start times are readable")
                : Finding.Failed("our own start time cannot be read from /proc", Remedy));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(Finding.Failed($"the id of the host's boot cannot be read: {e.Message}", Remedy));
        }
    }
}
