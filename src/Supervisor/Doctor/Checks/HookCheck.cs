namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether the hooks of all definitions can be executed: a pre-start that cannot vetoes the start.</summary>
internal sealed class HookCheck(IKnownVms vms) : ICheck
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string Name => "hooks";

    public Task<Finding> LookAsync(CancellationToken cancellationToken) => Task.FromResult(Look());

    private Finding Look()
    {
        var hooks = vms.Look().Vms.SelectMany(vm => vm.Definition.Hooks.Select(hook => (vm.Id, Hook: hook))).ToArray();
        var faults = hooks
            .GroupBy(h => h.Hook, h => h.Id)
            .Select(h => (Why: WhyNot(h.Key), Vms: h.ToArray()))
            .Where(h => h.Why is not null)
            .Select(h => $"{h.Why} (vm {string.Join(", ", h.Vms)})")
            .ToArray();
        return faults.Length == 0
            ? Finding.Ok(hooks.Length == 0 ? "no VM has any" : $"{hooks.Select(h => h.Hook).Distinct().Count()} of them, all executable")
            : Finding.Failed(Finding.Several(faults), "these VMs do not start: put the hook there and chmod +x it, or take it out of the definition");
    }

    private static string? WhyNot(string hook)
    {
        try
        {
            return !File.Exists(hook) ? $"{hook} does not exist"
                : (File.GetUnixFileMode(hook) & Executable) == 0 ? $"{hook} is not executable"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
