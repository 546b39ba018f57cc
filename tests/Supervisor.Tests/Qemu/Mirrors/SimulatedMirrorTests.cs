using VmSupervisor.Actors.TestKit;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;
using VmSupervisor.Resources;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Qemu.Mirrors;

/// <summary>The simulated mirrors and images do what the real ones were seen to do.</summary>
public sealed class SimulatedMirrorTests
{
    private static readonly ProcessKey Source = new(new(7), new(1), "/run/a"), Target = new(new(7), new(2), "/run/b");
    private readonly SteppableDispatcher dispatcher = new(1);
    private readonly SimulatedExports exports = new();
    private readonly SimulatedHypervisor from, to;
    private readonly SimulatedMirrors outgoing, incoming;
    private readonly MirrorRequest request;

    public SimulatedMirrorTests()
    {
        (from, to) = (new(dispatcher.Time), new(dispatcher.Time));
        (outgoing, incoming) = (new(from, dispatcher.Time, exports), new(to, dispatcher.Time, exports));
        var definition = new VmDefinition { Id = Source.Vm, Name = "vm-7", Memory = 16 << 20 };
        Assert.IsType<LaunchResult.Launched>(Run(() => from.LaunchAsync(new(Source, definition), default)));
        Assert.IsType<LaunchResult.Launched>(Run(() => to.LaunchAsync(new(Target, definition) { Incoming = true }, default)));
        request = new("one", ["disk0"], Export());
    }

    private SimulatedProcess TargetProcess => to.Of(Target.Vm);

    [Fact]
    public void Mirrors_are_ready_and_ended_well_they_stay_to_be_found_until_they_are_cancelled()
    {
        Assert.Equal(request.To, Export());
        Begin();
        Assert.IsType<MirrorStage.Failed>(Complete());
        Assert.Equal(new MirrorStage.Ready(), Follow());
        Assert.False(incoming.HasAll(TargetProcess) || outgoing.HasAll(TargetProcess));
        Assert.Equal(new MirrorStage.Completed(), Complete());
        Assert.True(outgoing.HasAll(TargetProcess));
        Begin();
        Assert.Equal(new MirrorStage.Completed(), Follow(new MirrorStage.Ready()));
        Assert.Equal(new MirrorStage.Completed(), Complete());
        Assert.True(exports.IsExporting(TargetProcess));
        Assert.Equal(new MonitorResult.Done(), Run(() => incoming.StopExportsAsync(Target, default)));
        Assert.False(exports.IsExporting(TargetProcess));
        Cancel();
        Assert.IsType<MirrorStage.Failed>(Follow());
    }

    [Fact]
    public void A_target_that_dies_fails_them_and_one_that_is_not_there_is_refused()
    {
        Begin();
        to.Kill(TargetProcess);
        Assert.Equal(new MirrorStage.Failed("disk0: Input/output error"), Follow());
        Cancel();
        Assert.IsType<MonitorResult.Failed>(Run(() => outgoing.BeginAsync(Source, request, default)));
        Assert.IsType<MonitorResult.Failed>(Run(() => outgoing.BeginAsync(Source, request with { Session = "two" }, default)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_that_says_nothing_leaves_them_where_they_are_until_they_are_cancelled(bool blackHole)
    {
        Begin();
        Assert.Equal(new MirrorStage.Ready(), Follow());
        outgoing.BlackHole = blackHole;
        TargetProcess.Hung = !blackHole;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2), dispatcher.Time);
        Assert.ThrowsAny<OperationCanceledException>(() => Run(() => outgoing.CompleteAsync(Source, request, deadline.Token)));
        Cancel();
        Assert.False(outgoing.HasAll(TargetProcess));
    }

    [Fact]
    public void A_session_removes_what_it_has_made_and_not_given_away()
    {
        var storage = new SimulatedStorage();
        var images = new SimulatedImages(storage);
        Assert.Equal(new FileResult.Done(), Run(() => images.CreateAsync("one", new("/a", DiskFormat.Raw, 512), default)));
        Assert.Equal(new FileResult.Done(), Run(() => images.CreateAsync("one", new("/a", DiskFormat.Raw, 512), default)));
        Assert.IsType<FileResult.Failed>(Run(() => images.CreateAsync("two", new("/a", DiskFormat.Raw, 512), default)));
        Assert.Equal(new FileResult.Done(), Run(() => images.RemoveAsync("two", "/a", default)));
        Assert.Single(storage.Images);
        Assert.Equal(new FileResult.Done(), Run(() => images.KeepAsync("one", "/a", default)));
        Assert.Equal(new FileResult.Done(), Run(() => images.RemoveAsync("one", "/a", default)));
        Assert.Single(storage.Images);
        Assert.Equal(new FileResult.Done(), Run(() => images.RemoveMovedAsync("/a", default)));
        Assert.Empty(storage.Images);
    }

    [Fact]
    public void Nodes_with_one_storage_see_each_others_nonces_and_others_do_not()
    {
        var storage = new SimulatedStorage();
        var (a, b, c) = (new SimulatedSharedStorage(storage), new SimulatedSharedStorage(storage), new SimulatedSharedStorage(new()));
        var token = Assert.IsType<NonceResult.Written>(Run(() => a.WriteNonceAsync("one", "/a", default))).Token;
        Assert.IsType<StorageSight.Shared>(Run(() => b.SeesAsync("/a", token, default)));
        Assert.IsType<StorageSight.Apart>(Run(() => c.SeesAsync("/a", token, default)));
        b.Unknown = "a device";
        Assert.IsType<StorageSight.Unknown>(Run(() => b.SeesAsync("/a", token, default)));
        Assert.IsType<NonceResult.Unknown>(Run(() => b.WriteNonceAsync("one", "/a", default)));
        Assert.Equal(new FileResult.Done(), Run(() => a.RemoveNonceAsync("one", "/a", default)));
        Assert.Empty(storage.Nonces);
    }

    private MigrationAddress Export() => Assert.IsType<ExportResult.Exported>(
        Run(() => incoming.ExportAsync(Target, new("one", ["disk0"], new ListenPlace.RunDirectory()), default))).At;

    private void Begin() => Assert.Equal(new MonitorResult.Done(), Run(() => outgoing.BeginAsync(Source, request, default)));

    private MirrorStage Follow(MirrorStage? known = null) => Run(() => outgoing.FollowAsync(Source, request, known, _ => { }, default));

    private MirrorStage Complete() => Run(() => outgoing.CompleteAsync(Source, request, default));

    private void Cancel()
    {
        Assert.Equal(new MonitorResult.Done(), Run(() => outgoing.CancelAsync(Source, request, default)));
        Assert.False(outgoing.HasJobs(from.Of(Source.Vm)));
    }

    private T Run<T>(Func<Task<T>> run) => dispatcher.Run(dispatcher.Start(run), TimeSpan.FromHours(2));
}
