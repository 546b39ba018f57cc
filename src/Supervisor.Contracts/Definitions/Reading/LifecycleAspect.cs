using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Definitions.Reading;

internal readonly record struct LifecycleAspect(RestartPolicy Restart, PanicPolicy OnPanic, TimeSpan ShutdownTimeout)
{
    private static readonly TimeSpan DefaultShutdownTimeout = TimeSpan.FromSeconds(60);

    // Longer than any guest needs; also what keeps a deadline within the range of every timer.
    private static readonly TimeSpan LongestShutdownTimeout = TimeSpan.FromHours(24);

    public static LifecycleAspect Read(Fields vm) => new(
        vm.Find("restart")?.Member<RestartPolicy>() ?? RestartPolicy.Never,
        vm.Find("on-panic")?.Member<PanicPolicy>() ?? PanicPolicy.Stop,
        ReadShutdownTimeout(vm));

    private static TimeSpan ReadShutdownTimeout(Fields vm)
    {
        if (vm.Find("shutdown-timeout") is not { } field)
            return DefaultShutdownTimeout;
        if (Duration.TryParse(field.Scalar, out var timeout) && timeout > TimeSpan.Zero && timeout <= LongestShutdownTimeout)
            return timeout;
        field.Fault("more than 0 and at most 24h, as " + Duration.Allowed);
        return DefaultShutdownTimeout;
    }
}
