using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Laws;
using VmSupervisor.Model.Proxmox;

namespace VmSupervisor.Model.Tests;

/// <summary>What Proxmox VE's two ways into cleanup allow, and ours does not.</summary>
public sealed class ComparisonTests
{
    private static readonly Call[] Shutdown = [Call.Start, Call.Shutdown];
    private static readonly Call[] Backup = [Call.Start, Call.ShutdownKeeping, Call.Start];
    private static readonly Call[] CrashThenStart = [Call.Start, Call.Crash, Call.Start];

    public static TheoryData<string> Scenarios => [.. Comparison.Scenarios.Select(s => s.Name)];

    [Fact]
    public void Before_the_patch_a_shutdown_is_cleaned_up_twice() => Assert.Equal([Law.OneCleanup], Laws(Comparison.Before(Shutdown)));

    [Fact]
    public void Before_the_patch_a_stop_mode_backup_loses_its_volumes_or_its_post_stop() =>
        Assert.Equal([Law.OneCleanup, Law.HooksBalance, Law.KeepActive], Laws(Comparison.Before(Backup)));

    [Fact]
    public void After_the_patch_commands_alone_break_nothing()
    {
        Assert.Empty(Laws(Comparison.After(Shutdown)));
        Assert.Empty(Laws(Comparison.After(Backup)));
    }

    [Fact]
    public void After_the_patch_a_crash_before_a_start_is_still_never_cleaned_up()
    {
        Assert.Equal([Law.OneCleanup, Law.HooksBalance], Laws(Comparison.After(CrashThenStart)));
        var explored = new Explorer<PveWorld>(new PveModel(flagged: true, CrashThenStart), threads: 1).Run();
        Assert.Equal(Law.OneCleanup, explored.Counterexample?.Violation.Law);
    }

    [Theory, MemberData(nameof(Scenarios))]
    public void No_history_of_ours_breaks_a_law(string name)
    {
        var histories = Comparison.Ours(Comparison.Scenarios.Single(s => s.Name == name).Script);
        Assert.NotEmpty(histories);
        Assert.Empty(Laws(histories));
    }

    private static string[] Laws(IReadOnlyList<History> histories) => [.. histories.SelectMany(h => h.Broken).Select(b => b.Law).Distinct().Order(StringComparer.Ordinal)];
}
