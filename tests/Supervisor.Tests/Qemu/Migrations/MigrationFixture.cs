using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Supervisor.Tests.Qemu.Memory;

namespace VmSupervisor.Supervisor.Tests.Qemu.Migrations;

/// <summary>Two nodes: on one a guest that counts, on the other a QEMU that waits for it.</summary>
internal sealed class MigrationFixture : IAsyncDisposable
{
    /// <summary>Less than the guest writes: it does not converge.</summary>
    public static readonly MigrationLimits Slow = new() { BytesPerSecond = 100_000 };

    public static readonly MigrationLimits Fast = new() { BytesPerSecond = 0, Downtime = TimeSpan.FromSeconds(2) };

    /// <summary>What it leaves for the switch-over fits into a socket's buffer.</summary>
    public static readonly VmDefinition Quiet = QemuFixture.Nano("hb_ms=50 hz=100");

    private readonly List<MigrationLog> logs = [];

    public MigrationFixture(Func<HypervisorOptions, HypervisorOptions>? configure = null) =>
        (From, To) = (new(configure ?? QemuFixture.Patient), new(configure ?? QemuFixture.Patient));

    public QemuFixture From { get; }

    public QemuFixture To { get; }

    public IMigrations Outgoing => From.Hypervisor.Migrations;

    public IMigrations Incoming => To.Hypervisor.Migrations;

    public ProcessKey Source { get; private set; } = null!;

    public ProcessIdentity SourceProcess { get; private set; } = null!;

    public ProcessKey Target { get; private set; } = null!;

    public ProcessIdentity TargetProcess { get; private set; } = null!;

    public MigrationAddress Address { get; private set; } = null!;

    public MigrationLog SourceSays { get; private set; } = null!;

    public MigrationLog TargetSays { get; private set; } = null!;

    public MigrationOptions Options { get; init; } = new();

    public VmDefinition Guest { get; init; } = QemuFixture.Nano("hb_ms=50 hz=100 hb_dirty=1");

    public VmDefinition? GuestThere { get; init; }

    /// <summary>The guest runs, and the target listens.</summary>
    public async Task RunAsync(ListenPlace? place = null)
    {
        (Source, SourceProcess) = await From.LaunchAsync(Guest);
        SourceSays = await LogAsync(Source);
        Assert.IsType<MonitorResult.Done>(await From.Hypervisor.ContinueAsync(Source, default));
        await SourceSays.UntilAsync("RESUME");
        await ListenAsync(place);
        await From.SerialAsync(Source, "HB 2 ");
    }

    /// <summary>Another target, which listens.</summary>
    public async Task ListenAsync(ListenPlace? place = null)
    {
        (Target, TargetProcess) = await To.LaunchAsync(GuestThere ?? Guest, incoming: true);
        TargetSays = await LogAsync(Target);
        var listens = await Incoming.ListenAsync(Target, new(place ?? new ListenPlace.RunDirectory(), Options), default);
        Address = Assert.IsType<ListenResult.Listening>(listens).At;
    }

    public async Task BeginAsync(MigrationLimits? limits = null) =>
        Assert.Equal(new MonitorResult.Done(), await Outgoing.BeginAsync(Source, new(Address, Options, limits ?? Fast), default));

    /// <summary>Begins, and has sent some of it.</summary>
    public async Task BeginSlowlyAsync()
    {
        await BeginAsync(Slow);
        await SourceSays.UntilAsync("active");
        await TargetSays.UntilAsync("setup");
    }

    public async Task BeginToSwitchoverAsync()
    {
        await BeginAsync();
        Assert.Equal(new MigrationStage.PreSwitchover(), await FollowAsync());
    }

    public async Task SwitchOverAsync() => Assert.Equal(new MonitorResult.Done(), await Outgoing.SwitchOverAsync(Source, default));

    public Task<MigrationStage> FollowAsync(MigrationStage? known = null, Action<MigrationProgress>? progress = null) =>
        Outgoing.FollowAsync(Source, known, progress ?? (_ => { }), default).WaitAsync(QemuFixture.Patience);

    public Task<IncomingStage> FollowIncomingAsync(IncomingStage? known = null) =>
        Incoming.FollowIncomingAsync(Target, known, default).WaitAsync(QemuFixture.Patience);

    public async Task KillTargetAsync()
    {
        To.Signal(TargetProcess, Signal.Kill);
        await To.Hypervisor.WaitForExitAsync(Target, TargetProcess, default);
    }

    public async Task AssertSourceAsync(GuestState guest) =>
        Assert.Equal(new LookResult.Answers(guest), await From.Hypervisor.LookAsync(Source, SourceProcess, default));

    public async Task AssertTargetAsync(GuestState guest) =>
        Assert.Equal(new LookResult.Answers(guest), await To.Hypervisor.LookAsync(Target, TargetProcess, default));

    /// <summary>The source's guest runs and has counted without a gap.</summary>
    public async Task AssertSourceCountsOnAsync()
    {
        await AssertSourceAsync(GuestState.Running);
        var last = SaveTests.Beats(await From.SerialAsync(Source, ""))[^1];
        SaveTests.AssertContiguous(await From.SerialAsync(Source, $"HB {last + 2} "));
    }

    /// <summary>Continued, the target counts on where the source has stopped.</summary>
    public async Task AssertTargetCountsOnAsync()
    {
        var before = await From.SerialAsync(Source, "");
        Assert.Equal("", await To.SerialAsync(Target, ""));
        Assert.Equal(new MonitorResult.Done(), await To.Hypervisor.ContinueAsync(Target, default));
        var last = SaveTests.Beats(before)[^1];
        SaveTests.AssertContiguous(before + await To.SerialAsync(Target, $"HB {last + 3} "));
        Assert.Equal(before, await From.SerialAsync(Source, ""));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var log in logs)
            await log.DisposeAsync();
        await From.DisposeAsync();
        await To.DisposeAsync();
    }

    private async Task<MigrationLog> LogAsync(ProcessKey key)
    {
        logs.Add(await MigrationLog.OpenAsync(key));
        return logs[^1];
    }
}
