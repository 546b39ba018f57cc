using VmSupervisor.Domain;

namespace VmSupervisor.Scenarios.Tests.Text;

/// <summary>The settings that a scenario may change, and what they are to a simulated supervisor.</summary>
internal static class Settings
{
    public static readonly IReadOnlyDictionary<string, Func<Limits, TimeSpan, Limits>> All = new Dictionary<string, Func<Limits, TimeSpan, Limits>>
    {
        ["hooks.timeout"] = (limits, value) => limits with { Hooks = value },
        ["hooks.pre-stop-forced-timeout"] = (limits, value) => limits with { ForcedPreStop = value },
        ["stop.forced-quit-timeout"] = (limits, value) => limits with { ForcedQuit = value },
        ["stop.quit-timeout"] = (limits, value) => limits with { Quit = value },
        ["stop.exit-warning"] = (limits, value) => limits with { Exit = value },
        ["restart.first-delay"] = (limits, value) => limits with { Restarts = limits.Restarts with { FirstDelay = value } },
        ["restart.good-after"] = (limits, value) => limits with { Restarts = limits.Restarts with { GoodAfter = value } },
    };

    public static Limits Apply(this IEnumerable<Setting> settings, Limits limits) =>
        settings.Aggregate(limits, (changed, setting) => All[setting.Key](changed, setting.Value));
}
