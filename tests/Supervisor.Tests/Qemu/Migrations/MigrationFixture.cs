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

    private readonly List<MigrationLog> logs = [];
    private MigrationRelay? relay;

    public QemuFixture From { get; } = new(QemuFixture.Patient);

    public QemuFixture To { get; } = new(QemuFixture.Patient);

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

    /// <summary>
    /// Another supervisor for the source, which is connected and waits for an answer no longer than that; what leads up to
    /// a test of a deadline must not be held to it.
    /// </summary>
    public async Task<IMigrations> ImpatientAsync(TimeSpan deadline)
    {
        await From.Hypervisor.DisposeAsync();
        var next = From.NewSupervisor(configure: options => options with { CommandDeadline = deadline });
        while (await next.LookAsync(Source, SourceProcess, default) is not LookResult.Answers)
            Assert.NotNull(From.Processes.Identify(SourceProcess.Pid));
        return next.Migrations;
    }

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

    /// <summary>The source is sent to a relay, which passes it on.</summary>
    public MigrationRelay Relay()
    {
        relay = new(To.Files["relay"], Assert.IsType<MigrationAddress.Unix>(Address));
        Address = relay.At;
        return relay;
    }

    /// <summary>
    /// Switches over, and has sent all of it. 7.2 says <c>device</c> before it takes the lock under which it sends, so that
    /// a cancel can come in between; a last look at the guest's memory comes under that lock too, and is counted.
    /// </summary>
    public async Task SwitchOverAndSendAsync()
    {
        MigrationProgress? before = null;
        await FollowAsync(null, one => before = one);
        await SwitchOverAsync();
        var sent = new TaskCompletionSource();
        using var enough = new CancellationTokenSource();
        var following = Outgoing.FollowAsync(Source, new MigrationStage.PreSwitchover(), Look, enough.Token);
        await sent.Task.WaitAsync(QemuFixture.Patience);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);

        void Look(MigrationProgress one)
        {
            if (one.Iterations > before!.Iterations)
                sent.TrySetResult();
        }
    }

    public async Task SwitchOverAsync() => Assert.Equal(new MonitorResult.Done(), await Outgoing.SwitchOverAsync(Source, default));

    public Task<MigrationStage> FollowAsync(MigrationStage? known = null, Action<MigrationProgress>? progress = null) =>
        Outgoing.FollowAsync(Source, known, progress ?? (_ => { }), default).WaitAsync(QemuFixture.Patience);

    public Task<IncomingStage> FollowIncomingAsync(IncomingStage? known = null) =>
        Incoming.FollowIncomingAsync(Target, known, default).WaitAsync(QemuFixture.Patience);

    /// <summary>Cancels from the switch-over on, where nothing is being written: QEMU ends it as cancelled.</summary>
    /// <returns>What the source said meanwhile, but that it may just have begun to switch over.</returns>
    public async Task<string[]> CancelAsync()
    {
        Assert.Equal(new MigrationStage.Cancelled(), await Outgoing.CancelAsync(Source, default));
        return [.. (await SourceSays.UntilAsync("cancelled")).Where(word => word != "device")];
    }

    /// <summary>
    /// Cancels where QEMU may be writing. 7.2 first shuts the connection down and then notes that it cancels; when its
    /// thread sees the broken connection in between (4 of 100 times on one busy processor, it has blocked until then), the
    /// migration has failed and nothing is cancelled. Neither stops the guest.
    /// </summary>
    public async Task CancelWhileItWritesAsync()
    {
        var end = await Outgoing.CancelAsync(Source, default);
        if (end is MigrationStage.Failed failed)
        {
            Assert.Contains("socket", failed.Reason);
            Assert.Equal(["failed"], await SourceSays.UntilAsync("failed"));
        }
        else
        {
            Assert.Equal(new MigrationStage.Cancelled(), end);
            Assert.Equal(["cancelling", "cancelled"], await SourceSays.UntilAsync("cancelled"));
        }

        Assert.Empty(await SourceSays.RestAsync());
    }

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
        if (relay is not null)
            await relay.DisposeAsync();
    }

    private async Task<MigrationLog> LogAsync(ProcessKey key)
    {
        logs.Add(await MigrationLog.OpenAsync(key));
        return logs[^1];
    }
}
