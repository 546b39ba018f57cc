using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Definitions.Reading;

internal readonly record struct LifecycleAspect(RestartPolicy Restart, PanicPolicy OnPanic, bool Autostart, TimeSpan ShutdownTimeout)
{
    private static readonly TimeSpan DefaultShutdownTimeout = TimeSpan.FromSeconds(60);

    // Longer than any guest needs; also what keeps a deadline within the range of every timer.
    private static readonly TimeSpan LongestShutdownTimeout = TimeSpan.FromHours(24);

    public static LifecycleAspect Read(Fields vm) =>
        new(ReadRestart(vm), ReadOnPanic(vm), ReadAutostart(vm), ReadShutdownTimeout(vm));

    private static RestartPolicy ReadRestart(Fields vm)
    {
        var field = vm.Find("restart");
        if (field is not null && field.Scalar != "never")
            field.Fault("never (restart policies come with a later version)");
        return RestartPolicy.Never;
    }

    private static PanicPolicy ReadOnPanic(Fields vm)
    {
        switch (vm.Find("on-panic"))
        {
            case null or { Scalar: "stop" }:
                return PanicPolicy.Stop;
            case { Scalar: "preserve" }:
                return PanicPolicy.Preserve;
            case var field:
                field.Fault("stop, preserve (restart policies come with a later version)");
                return PanicPolicy.Stop;
        }
    }

    private static bool ReadAutostart(Fields vm)
    {
        var field = vm.Find("autostart");
        if (field?.Flag() == true)
            field.Fault("false (starting with the supervisor comes with a later version)");
        return false;
    }

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
