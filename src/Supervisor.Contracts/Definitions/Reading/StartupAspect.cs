using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Definitions.Reading;

internal readonly record struct StartupAspect(bool Autostart, int Order, TimeSpan Delay)
{
    private const int HighestOrder = 9999;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    public static StartupAspect Read(Fields vm)
    {
        var autostart = vm.Find("autostart")?.Flag() ?? false;
        var startup = vm.Find("startup")?.Object("an object, startup { order = 10, delay = 5s }");
        var order = startup?.Find("order")?.Whole(0, HighestOrder) ?? VmDefinition.DefaultStartupOrder;
        var delay = startup?.Find("delay") is { } field ? ReadDelay(field) : TimeSpan.Zero;
        startup?.RefuseUnknown();
        return new(autostart, (int)order, delay);
    }

    private static TimeSpan ReadDelay(Field field)
    {
        if (Duration.TryParse(field.Scalar, out var delay) && delay >= TimeSpan.Zero && delay <= LongestDelay)
            return delay;
        field.Fault("0 to 1h, as " + Duration.Allowed);
        return TimeSpan.Zero;
    }
}
