using System.Text;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.Supervisor.Tests.Vms.Journal;

/// <summary>
/// The bytes of every event as they are stored today. A journal written today must be readable for ever: when one of
/// these fails, the change needs a new version and a reader for the old one, not a new expectation here.
/// </summary>
public sealed class StoredBytesTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Incarnation Three = new(3);
    private static readonly ProcessIdentity Process = new("boot", 4711, 99);
    private static readonly Operation Op = new(OperationId.Parse("op-1"), "start", "uid 0 (root)", At, "f00d");

    private static readonly VmDefinition Definition = new()
    {
        Id = new VmId(104),
        Name = "web-1",
        Memory = 512L << 20,
        Accel = Accelerator.Tcg,
        Disks = [new DiskDefinition { Path = "/images/web-1.qcow2" }],
        Nics = [new NicDefinition()],
        Hooks = ["/hook"],
        OnPanic = PanicPolicy.Preserve,
    };

    private static readonly Life Life = new(
        Three, Definition, [new Step.RunDirectory(), new Step.Volume("disk0", "/images/web-1.qcow2", false, true)], false, Cause.ApiStart, Op.Id);

    private static readonly string StoredDefinition =
        """{"id":104,"name":"web-1","memory":536870912,"cpus":1,"machine":"q35","accel":"tcg","bios":null,"kernel":null,"initrd":null,"cmdline":null,"disks":[{"path":"/images/web-1.qcow2","format":"qcow2","bus":"virtio","readonly":false}],"nics":[{"type":"user","bridge":null,"mac":null}],"hooks":["/hook"],"restart":"never","onPanic":"preserve","autostart":false,"shutdownTimeout":"00:01:00","qemuArgs":[]}""";

    private static readonly string StoredOperation =
        """{"id":"op-1","kind":"start","by":"uid 0 (root)","at":"2026-01-02T03:04:05+00:00","fingerprint":"f00d"}""";

    /// <summary>What a journal says that was written since there are limits and forwarded ports.</summary>
    private static readonly VmDefinition Limited = Definition with
    {
        MemoryLimit = 734003200,
        CpuLimit = 1.5m,
        Nics = [new NicDefinition { Forward = [new PortForward { Port = 2222, GuestPort = 22 }] }],
    };

    private static readonly string StoredLimited = StoredDefinition
        .Replace("\"cpus\":1,", "\"cpus\":1,\"memoryLimit\":734003200,\"cpuLimit\":1.5,", StringComparison.Ordinal)
        .Replace(StoredNic, StoredForward, StringComparison.Ordinal);

    private const string StoredForward =
        """{"type":"user","bridge":null,"mac":null,"forward":[{"protocol":"tcp","address":"127.0.0.1","port":2222,"guestPort":22}]}""";

    /// <summary>What a journal says that was written since there are more kinds of volumes and networks.</summary>
    private static readonly VmDefinition Later = Definition with
    {
        Disks = [new DiskDefinition { Type = DiskType.Script, Path = "vg0/a", Script = "/s", Format = DiskFormat.Raw }],
        Nics = [new NicDefinition { Type = NicType.Tap, Bridge = "br0", Vlan = 12, Mtu = 9000, Queues = 2, Link = NicLink.Down }],
    };

    private static readonly string StoredLater = StoredDefinition
        .Replace("{\"path\":\"/images/web-1.qcow2\",\"format\":\"qcow2\"", "{\"type\":\"script\",\"path\":\"vg0/a\",\"script\":\"/s\",\"format\":\"raw\"", StringComparison.Ordinal)
        .Replace(StoredNic, StoredTap, StringComparison.Ordinal);

    private const string StoredNic = """{"type":"user","bridge":null,"mac":null}""";
    private const string StoredTap = """{"type":"tap","bridge":"br0","mac":null,"vlan":12,"mtu":9000,"queues":2,"link":"down"}""";

    private static readonly BackupPlan Plan = new(BackupMode.Snapshot, [new BackupFile("disk0", "/b/disk0.raw", DiskFormat.Raw)], 1000, true);

    private const string StoredFiles = """[{"disk":"disk0","target":"/b/disk0.raw","format":"raw"}]""";
    private const string StoredPlan = $$"""{"mode":"snapshot","files":{{StoredFiles}},"bytesPerSecond":1000,"thenRun":true}""";

    private static readonly SavedMemory Memory = new(new Incarnation(2), Definition, true, At);

    private static readonly string StoredMemory = $$"""{"of":2,"definition":{{StoredDefinition}},"wasRunning":true,"at":"2026-01-02T03:04:05+00:00"}""";

    /// <summary>What a journal says that was written since definitions tell more of the hardware.</summary>
    private static readonly VmDefinition Latest = Definition with
    {
        PinnedMachine = "pc-q35-7.2",
        Cpus = 4,
        Topology = new(2, 1, 2, 1),
        Cpu = "max",
        CpuFlags = ["+aes"],
        Firmware = Firmware.Uefi,
        Boot = ["disk0"],
        Disks =
        [
            new DiskDefinition
            {
                Path = "/d", Format = DiskFormat.Raw, Bus = DiskBus.Sata, Readonly = true, Media = DiskMedia.Cdrom, Cache = DiskCache.None,
                Discard = DiskDiscard.Unmap, Iothread = true, Serial = "s",
            },
        ],
        Rng = false,
        Balloon = false,
        Agent = true,
        Pvpanic = false,
        Watchdog = Watchdog.InjectNmi,
    };

    private const string StoredLatest =
        """{"id":104,"name":"web-1","memory":536870912,"cpus":4,"topology":{"sockets":2,"dies":1,"cores":2,"threads":1},"cpu":"max","cpuFlags":["\u002Baes"],"machine":"q35","pinnedMachine":"pc-q35-7.2","accel":"tcg","firmware":"uefi","bios":null,"kernel":null,"initrd":null,"cmdline":null,"boot":["disk0"],"disks":[{"path":"/d","format":"raw","bus":"sata","readonly":true,"media":"cdrom","cache":"none","discard":"unmap","iothread":true,"serial":"s"}],"nics":[{"type":"user","bridge":null,"mac":null}],"rng":false,"balloon":false,"agent":true,"pvpanic":false,"watchdog":"inject-nmi","hooks":["/hook"],"restart":"never","onPanic":"preserve","autostart":false,"shutdownTimeout":"00:01:00","qemuArgs":[]}""";

    private static readonly MigrationSession Session = new(Op.Id, "a", "b", Three, new Incarnation(5));

    private static readonly MigrationPlan Moving = new("a", "b", 7, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), LateMigration.StopAndCopy, AutoConverge: true, Channels: 2) { Transport = MigrationTransport.Tunnel };

    private const string StoredMoving = """{"source":"a","target":"b","bytesPerSecond":7,"downtimeLimit":"00:00:01","deadline":"00:05:00","onDeadline":"stop-and-copy","autoConverge":true,"channels":2,"transport":"tunnel"}""";

    private const string StoredSession = """{"id":"op-1","source":"a","target":"b","from":3,"to":5}""";

    private static readonly Moves Moved = new()
    {
        Reserved = Three,
        Home = "b",
        Handover = new Handover(Session, Op, Moving, true, false),
        Farewells = [Session],
        Verdicts = [new SessionVerdict(Session, Verdict.Returned, "d")],
    };

    private const string StoredAt = "\"at\":\"2026-01-02T03:04:05+00:00\"";

    private static readonly (object Event, string Type, string Stored)[] All =
    [
        (new Event.Defined(At, Definition, Op), "defined", $$"""{"definition":{{StoredDefinition}},"operation":{{StoredOperation}},{{StoredAt}}}"""),
        (new Event.Undefined(At, Op), "undefined", $$"""{"operation":{{StoredOperation}},{{StoredAt}}}"""),
        (new Event.StartAccepted(At, Life, [Op]), "start-accepted",
            $$"""{"life":{"number":3,"definition":{{StoredDefinition}},"plan":[{"step":"run-directory","name":"run-directory"},{"step":"volume","path":"/images/web-1.qcow2","readonly":false,"takeOver":true,"name":"disk0"}],"paused":false,"cause":"api-start","operation":"op-1","hook":null,"hooksEnded":[],"acquiring":false,"released":false,"process":null,"up":false,"dying":false,"exit":null,"guest":"off"},"operations":[{{StoredOperation}}],{{StoredAt}}}"""),
        (new Event.StartJoined(At, Three, Op), "start-joined", $$"""{"incarnation":3,"operation":{{StoredOperation}},{{StoredAt}}}"""),
        (new Event.LookAccepted(At, Three, Op, true), "look-accepted", $$"""{"incarnation":3,"operation":{{StoredOperation}},"paused":true,{{StoredAt}}}"""),
        (new Event.StartDeferred(At, Three, Op, false), "start-deferred", $$"""{"incarnation":3,"operation":{{StoredOperation}},"paused":false,{{StoredAt}}}"""),
        (new Event.RequestAccepted(At, Three, Op, GuestRequest.Reset), "request-accepted", $$"""{"incarnation":3,"operation":{{StoredOperation}},"request":"reset",{{StoredAt}}}"""),
        (new Event.StopAccepted(At, Three, Op, StopMode.Ask, TimeSpan.FromSeconds(5), true, false), "stop-accepted",
            $$"""{"incarnation":3,"operation":{{StoredOperation}},"mode":"ask","askFor":"00:00:05","forceAfter":true,"keepActive":false,{{StoredAt}}}"""),
        (new Event.KeptReleaseAccepted(At, Three, Op, true), "kept-release-accepted", $$"""{"incarnation":3,"operation":{{StoredOperation}},"undefine":true,{{StoredAt}}}"""),
        (new Event.OperationEnded(At, Three, Op, Ending.TimedOut, "why"), "operation-ended",
            $$"""{"incarnation":3,"operation":{{StoredOperation}},"ending":"timed-out","detail":"why",{{StoredAt}}}"""),
        (new Event.HookEnded(At, Three, HookPhase.PostStop, new HookOutcome(HookStatus.NeverBegan, "d", "o")), "hook-ended",
            $$"""{"incarnation":3,"phase":"post-stop","outcome":{"status":"never-began","detail":"d","output":"o"},{{StoredAt}}}"""),
        (new Event.Launched(At, Three, Process, "QEMU 7.2"), "launched",
            $$"""{"incarnation":3,"process":{"bootId":"boot","pid":4711,"startTime":99},"summary":"QEMU 7.2",{{StoredAt}}}"""),
        (new Event.GuestContinued(At, Three), "guest-continued", $$"""{"incarnation":3,{{StoredAt}}}"""),
        (new Event.Adopted(At, Three, Process), "adopted", $$"""{"incarnation":3,"process":{"bootId":"boot","pid":4711,"startTime":99},{{StoredAt}}}"""),
        (new Event.GuestChanged(At, Three, GuestState.IoError, "w"), "guest-changed", $$"""{"incarnation":3,"guest":"io-error","why":"w",{{StoredAt}}}"""),
        (new Event.GuestReset(At, Three, true), "guest-reset", $$"""{"incarnation":3,"byGuest":true,{{StoredAt}}}"""),
        (new Event.ProcessExited(At, Three, new ProcessExit(null, 9)), "process-exited", $$"""{"incarnation":3,"exit":{"code":null,"signal":9},{{StoredAt}}}"""),
        (new Event.ReleaseFailed(At, Three, [new StepFailure("disk0", "busy")]), "release-failed",
            $$"""{"incarnation":3,"failures":[{"step":"disk0","reason":"busy"}],{{StoredAt}}}"""),
        (new Event.Released(At, Three), "released", $$"""{"incarnation":3,{{StoredAt}}}"""),
        (new Event.ProblemNoted(At, Three, "p"), "problem-noted", $$"""{"incarnation":3,"detail":"p",{{StoredAt}}}"""),
        (new Event.StartAdvanced(At, Three, StartPhase.BringUp), "start-advanced", $$"""{"incarnation":3,"phase":"bring-up",{{StoredAt}}}"""),
        (new Event.Started(At, Three), "started", $$"""{"incarnation":3,{{StoredAt}}}"""),
        (new Event.EndBegan(At, Three, Cause.GuestShutdown, "d", false), "end-began",
            $$"""{"incarnation":3,"cause":"guest-shutdown","detail":"d","dying":false,{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.EndHook(HookPhase.PreStart)), "stop-advanced", $$"""{"incarnation":3,"phase":{"phase":"end-hook","hook":"pre-start"},{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.PreStop(TimeSpan.FromSeconds(2), Op.Id, At)), "stop-advanced",
            $$"""{"incarnation":3,"phase":{"phase":"pre-stop","limit":"00:00:02","operation":"op-1","deadline":"2026-01-02T03:04:05+00:00"},{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.AskGuest(At, 1)), "stop-advanced",
            $$"""{"incarnation":3,"phase":{"phase":"ask-guest","deadline":"2026-01-02T03:04:05+00:00","press":1},{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.Quit(At, true)), "stop-advanced",
            $$"""{"incarnation":3,"phase":{"phase":"quit","deadline":"2026-01-02T03:04:05+00:00","forced":true},{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.Terminate(At)), "stop-advanced",
            $$"""{"incarnation":3,"phase":{"phase":"terminate","deadline":"2026-01-02T03:04:05+00:00"},{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.Kill(null)), "stop-advanced", $$"""{"incarnation":3,"phase":{"phase":"kill","deadline":null},{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.AwaitExit(At)), "stop-advanced",
            $$"""{"incarnation":3,"phase":{"phase":"await-exit","deadline":"2026-01-02T03:04:05+00:00"},{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.Extinguish()), "stop-advanced", $$"""{"incarnation":3,"phase":{"phase":"extinguish"},{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.Clean([new Step.RunDirectory()], 2)), "stop-advanced",
            $$"""{"incarnation":3,"phase":{"phase":"clean","steps":[{"step":"run-directory","name":"run-directory"}],"attempt":2},{{StoredAt}}}"""),
        (new Event.Defined(At, Limited, Op), "defined", $$"""{"definition":{{StoredLimited}},"operation":{{StoredOperation}},{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.Clean([new Step.Cgroup(734003200, 1.5m), new Step.Cgroup(null, 2)], 0)), "stop-advanced",
            $$"""{"incarnation":3,"phase":{"phase":"clean","steps":[{"step":"cgroup","memory":734003200,"cpu":1.5,"name":"cgroup"},{"step":"cgroup","memory":null,"cpu":2,"name":"cgroup"}],"attempt":0},{{StoredAt}}}"""),
        (new Event.Defined(At, Later, Op), "defined", $$"""{"definition":{{StoredLater}},"operation":{{StoredOperation}},{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.Clean(
            [new Step.Network("net0", Later.Nics[0]), new Step.Volume("disk0", "vg0/a", false, false) { Type = DiskType.Script, Script = "/s" }], 0)), "stop-advanced",
            $$"""{"incarnation":3,"phase":{"phase":"clean","steps":[{"step":"network","nic":{{StoredTap}},"name":"net0"},{"step":"volume","path":"vg0/a","readonly":false,"takeOver":false,"type":"script","script":"/s","name":"disk0"}],"attempt":0},{{StoredAt}}}"""),
        (new Event.Defined(At, Latest, Op), "defined", $$"""{"definition":{{StoredLatest}},"operation":{{StoredOperation}},{{StoredAt}}}"""),
        (new Event.StopAdvanced(At, Three, new StopPhase.PostStop(null)), "stop-advanced",
            $$"""{"incarnation":3,"phase":{"phase":"post-stop","operation":null},{{StoredAt}}}"""),
        (new Event.StopGivenUp(At, Three, "d"), "stop-given-up", $$"""{"incarnation":3,"detail":"d",{{StoredAt}}}"""),
        (new Event.CleanedUp(At, Three, Cause.ApiStop, "", []), "cleaned-up", $$"""{"incarnation":3,"cause":"api-stop","detail":"","kept":[],{{StoredAt}}}"""),
        (new Event.StopAccepted(At, Three, Op, StopMode.Ask, TimeSpan.FromSeconds(5), false, false) { Next = StopNext.StartAgain }, "stop-accepted",
            $$"""{"incarnation":3,"operation":{{StoredOperation}},"mode":"ask","askFor":"00:00:05","forceAfter":false,"keepActive":false,"next":"start-again",{{StoredAt}}}"""),
        (new Event.Defined(At, Definition with { Restart = RestartPolicy.OnCrash, OnPanic = PanicPolicy.Restart, Autostart = true, StartupOrder = 5, StartupDelay = TimeSpan.FromSeconds(9) }, Op), "defined",
            $$"""{"definition":{{StoredDefinition.Replace("\"restart\":\"never\",\"onPanic\":\"preserve\",\"autostart\":false,", "\"restart\":\"on-crash\",\"onPanic\":\"restart\",\"autostart\":true,\"startupOrder\":5,\"startupDelay\":\"00:00:09\",", StringComparison.Ordinal)}},"operation":{{StoredOperation}},{{StoredAt}}}"""),
        (new Event.StartDeferred(At, Three, Op, false) { Cause = Cause.Autostart }, "start-deferred",
            $$"""{"incarnation":3,"operation":{{StoredOperation}},"paused":false,"cause":"autostart",{{StoredAt}}}"""),
        (new Event.RestartScheduled(At, Three, At, [At]), "restart-scheduled",
            $$"""{"incarnation":3,"due":"2026-01-02T03:04:05+00:00","earlier":["2026-01-02T03:04:05+00:00"],{{StoredAt}}}"""),
        (new Event.RestartAbandoned(At, Three, "d"), "restart-abandoned", $$"""{"incarnation":3,"detail":"d",{{StoredAt}}}"""),
        (new Event.RestartDropped(At, Three, Op), "restart-dropped", $$"""{"incarnation":3,"operation":{{StoredOperation}},{{StoredAt}}}"""),
        (new Event.RanWell(At, Three), "ran-well", $$"""{"incarnation":3,{{StoredAt}}}"""),
        (new Event.StopAccepted(At, Three, Op, StopMode.Ask, TimeSpan.FromSeconds(5), false, false) { Next = StopNext.Backup, Backup = Plan }, "stop-accepted",
            $$"""{"incarnation":3,"operation":{{StoredOperation}},"mode":"ask","askFor":"00:00:05","forceAfter":false,"keepActive":false,"next":"backup","backup":{{StoredPlan}},{{StoredAt}}}"""),
        (new Event.StartAccepted(At, new Life(Three, Definition, [new Step.SavedMemory(new Incarnation(2), false)], true, Cause.Backup, null)
        {
            Continues = true,
            Restores = Memory,
            Discards = Memory,
            Saved = Memory,
            Leftovers = [new Step.PartialBackup(Op.Id, Plan.Files)],
        }, []) { Backup = new PendingBackup(Op, Plan) }, "start-accepted",
            $$"""{"life":{"number":3,"definition":{{StoredDefinition}},"plan":[{"step":"saved-memory","of":2,"discard":false,"name":"saved-memory"}],"paused":true,"cause":"backup","operation":null,"hook":null,"hooksEnded":[],"acquiring":false,"released":false,"process":null,"up":false,"dying":false,"exit":null,"guest":"off","continues":true,"leftovers":[{"step":"partial-backup","operation":"op-1","files":{{StoredFiles}},"name":"partial-backup"}],"restores":{{StoredMemory}},"saved":{{StoredMemory}},"discards":{{StoredMemory}}},"operations":[],"backup":{"operation":{{StoredOperation}},"plan":{{StoredPlan}}},{{StoredAt}}}"""),
        (new Event.StartDeferred(At, Three, Op, false) { Fresh = true }, "start-deferred", $$"""{"incarnation":3,"operation":{{StoredOperation}},"paused":false,"fresh":true,{{StoredAt}}}"""),
        (new Event.CleanedUp(At, Three, Cause.Hibernated, "", []) { Saved = Memory }, "cleaned-up",
            $$"""{"incarnation":3,"cause":"hibernated","detail":"","kept":[],"saved":{{StoredMemory}},{{StoredAt}}}"""),
        (new Event.BackupAccepted(At, Three, Op, Plan), "backup-accepted", $$"""{"incarnation":3,"operation":{{StoredOperation}},"plan":{{StoredPlan}},{{StoredAt}}}"""),
        (new Event.BackupBegan(At, Three, true), "backup-began", $$"""{"incarnation":3,"frozen":true,{{StoredAt}}}"""),
        (new Event.BackupJoined(At, Three, Op, true), "backup-joined", $$"""{"incarnation":3,"start":{{StoredOperation}},"paused":true,{{StoredAt}}}"""),
        (new Event.BackupDropped(At, Three), "backup-dropped", $$"""{"incarnation":3,{{StoredAt}}}"""),
        (new Event.BackupFailed(At, Three, new Outcome(Ending.Cancelled, "d")), "backup-failed", $$"""{"incarnation":3,"outcome":{"ending":"cancelled","detail":"d"},{{StoredAt}}}"""),
        (new Event.BackupEnded(At, Three, true, 7), "backup-ended", $$"""{"incarnation":3,"done":true,"bytes":7,{{StoredAt}}}"""),
        (new Event.HibernationAccepted(At, Three, Op), "hibernation-accepted", $$"""{"incarnation":3,"operation":{{StoredOperation}},{{StoredAt}}}"""),
        (new Event.HibernationFailed(At, Three, new Outcome(Ending.Failed, "d")), "hibernation-failed", $$"""{"incarnation":3,"outcome":{"ending":"failed","detail":"d"},{{StoredAt}}}"""),
        (new Event.HibernationUndone(At, Three), "hibernation-undone", $$"""{"incarnation":3,{{StoredAt}}}"""),
        (new Event.MigrationAccepted(At, Three, Op, Moving), "migration-accepted", $$"""{"incarnation":3,"operation":{{StoredOperation}},"plan":{{StoredMoving}},{{StoredAt}}}"""),
        (new Event.MigrationBegan(At, Three, Session), "migration-began", $$"""{"incarnation":3,"session":{{StoredSession}},{{StoredAt}}}"""),
        (new Event.MigrationPrepared(At, Three, "x", At), "migration-prepared", $$"""{"incarnation":3,"address":"x","deadline":"2026-01-02T03:04:05+00:00",{{StoredAt}}}"""),
        (new Event.MigrationHurried(At, Three), "migration-hurried", $$"""{"incarnation":3,{{StoredAt}}}"""),
        (new Event.MigrationGivenUp(At, Three, new Outcome(Ending.Failed, "d"), true), "migration-given-up", $$"""{"incarnation":3,"outcome":{"ending":"failed","detail":"d"},"finishIfSent":true,{{StoredAt}}}"""),
        (new Event.MigrationFailed(At, Three, new Outcome(Ending.Failed, "d")), "migration-failed", $$"""{"incarnation":3,"outcome":{"ending":"failed","detail":"d"},{{StoredAt}}}"""),
        (new Event.MigrationEnded(At, Three), "migration-ended", $$"""{"incarnation":3,{{StoredAt}}}"""),
        (new Event.FinishRequested(At, Three), "finish-requested", $$"""{"incarnation":3,{{StoredAt}}}"""),
        (new Event.FinishRequested(At, Three) { Figures = new SentFigures(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), 7) }, "finish-requested", $$"""{"incarnation":3,"figures":{"total":"00:00:05","downtime":"00:00:01","bytes":7},{{StoredAt}}}"""),
        (new Event.HandoverDecided(At, Three, Verdict.Returned, "d", true), "handover-decided", $$"""{"incarnation":3,"verdict":"returned","detail":"d","told":true,{{StoredAt}}}"""),
        (new Event.FarewellTaken(At, Session), "farewell-taken", $$"""{"session":{{StoredSession}},{{StoredAt}}}"""),
        (new Event.ReceiveAccepted(At, Life with { Incoming = new Incoming(Session, Moving, true, null) }, Op), "receive-accepted",
            $$"""{"life":{"number":3,"definition":{{StoredDefinition}},"plan":[{"step":"run-directory","name":"run-directory"},{"step":"volume","path":"/images/web-1.qcow2","readonly":false,"takeOver":true,"name":"disk0"}],"paused":false,"cause":"api-start","operation":"op-1","hook":null,"hooksEnded":[],"acquiring":false,"released":false,"process":null,"up":false,"dying":false,"exit":null,"guest":"off","incoming":{"session":{{StoredSession}},"plan":{{StoredMoving}},"wasRunning":true,"before":null,"address":null,"finishAwaited":false,"committed":false,"returns":false} },"operation":{{StoredOperation}},{{StoredAt}}}""".Replace("} }", "}}", StringComparison.Ordinal)),
        (new Event.ListenBegan(At, Three, "x"), "listen-began", $$"""{"incarnation":3,"address":"x",{{StoredAt}}}"""),
        (new Event.FinishAwaited(At, Three), "finish-awaited", $$"""{"incarnation":3,{{StoredAt}}}"""),
        (new Event.MigrationCommitted(At, Three, Session), "migration-committed", $$"""{"incarnation":3,"session":{{StoredSession}},{{StoredAt}}}"""),
        (new Event.VerdictReached(At, Three, Session, Verdict.Aborted, "d"), "verdict-reached", $$"""{"incarnation":3,"session":{{StoredSession}},"verdict":"aborted","detail":"d",{{StoredAt}}}"""),
        (new Event.SessionClosed(At, Session), "session-closed", $$"""{"session":{{StoredSession}},{{StoredAt}}}"""),
        (new Event.VerdictForgotten(At, Session), "verdict-forgotten", $$"""{"session":{{StoredSession}},{{StoredAt}}}"""),
        (new Event.ReceiveUndone(At, Three, null), "receive-undone", $$"""{"incarnation":3,"before":null,{{StoredAt}}}"""),
        (new Event.MemorySaved(At, Three, Memory, 7), "memory-saved", $$"""{"incarnation":3,"memory":{{StoredMemory}},"bytes":7,{{StoredAt}}}"""),
    ];

    public static TheoryData<int> Places => [.. Enumerable.Range(0, All.Length)];

    [Theory, MemberData(nameof(Places))]
    public void An_event_is_stored_as_ever_and_read_back_equal(int place)
    {
        var (e, type, stored) = All[place];
        var serialized = VmEventSerializer.Instance.Serialize(e);
        Assert.Equal((type, 1), (serialized.Type, serialized.SchemaVersion));
        Assert.Equal(stored, Encoding.UTF8.GetString(serialized.Payload.Span));
        Assert.Equal(e, VmEventSerializer.Instance.Deserialize(type, 1, Encoding.UTF8.GetBytes(stored)));
    }

    [Fact]
    public void Every_event_and_every_phase_is_pinned_here()
    {
        var kinds = typeof(Event).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Event))).Select(t => t.Name).Order();
        Assert.Equal(kinds, All.Select(a => a.Event.GetType().Name).Distinct().Order());
        var phases = typeof(Event).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(StopPhase))).Select(t => t.Name).Order();
        Assert.Equal(phases, All.Select(a => a.Event).OfType<Event.StopAdvanced>().Select(a => a.Phase.GetType().Name).Distinct().Order());
    }

    [Theory]
    [InlineData("started", 2)]
    [InlineData("transmogrified", 1)]
    public void An_event_of_an_unknown_type_or_version_is_named(string type, int version)
    {
        var unknown = Assert.Throws<UnknownEventException>(() => VmEventSerializer.Instance.Deserialize(type, version, "{}"u8.ToArray()));
        Assert.Contains(type, unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_reads_back_equal_so_that_a_snapshot_may_stand_for_its_events()
    {
        VmState state = new Stopping(
            Life with { Process = Process, Up = true, HooksEnded = [HookPhase.PreStart] }, Cause.ApiStop, "", StopMode.Ask,
            new StopPhase.AskGuest(At, 2))
        {
            Definition = Definition,
            Last = Three,
            Since = At,
            AskFor = TimeSpan.FromSeconds(9),
            Stops = [Op],
            NextUndefine = Op,
            Problems = ["p"],
        };
        foreach (var one in new[]
        {
            state, ((Stopping)state) with { Reboots = [Op], NextCause = Cause.Autostart, Restarts = [At] }, Undefined.Never,
            ((Stopping)state) with { NextBackup = new PendingBackup(Op, Plan), HoldsVolumes = true, NextFresh = true },
            new Running(Life, [], []) { Definition = Definition, Activity = new Activity.Backup(Op, Plan, new BackupPhase.Undo(true, new Outcome(Ending.Failed, "d"))) { Starts = [Op] } },
            new Running(Life, [], []) { Definition = Definition, Activity = new Activity.Backup(Op, Plan, new BackupPhase.Begin(true)) },
            new Running(Life, [], []) { Definition = Definition, Activity = new Activity.Backup(Op, Plan, new BackupPhase.Copy(false)) },
            new Running(Life, [], []) { Definition = Definition, Activity = new Activity.Hibernation(Op, true, new Outcome(Ending.Failed, "d")) },
            new Starting(Life, StartPhase.BringUp, []) { Definition = Definition, Backup = new PendingBackup(Op, Plan) },
            new CleanedUp(Cause.Hibernated, "", []) { Definition = Definition, Saved = Memory },
            new CleanedUp(Cause.Crash, "", []) { Definition = Definition, Pending = new PendingRestart(At), Restarts = [At] }, new CleanedUp(Cause.Defined, "", [new Step.RunDirectory()]) { Definition = Definition },
            new Starting(Life, StartPhase.PreStart, [Op]) { Definition = Definition },
            new Undefined { Moves = Moved },
            new CleanedUp(Cause.MigrateOut, "", []) { Definition = Definition, Moves = Moved },
            new Running(Life, [], []) { Definition = Definition, Activity = new Activity.Migration(Op, Moving, true, new MigrationPhase.Send(Session, "x", At, true)) },
            new Running(Life, [], []) { Definition = Definition, Activity = new Activity.Migration(Op, Moving, true, new MigrationPhase.Check()) },
            new Running(Life, [], []) { Definition = Definition, Activity = new Activity.Migration(Op, Moving, true, new MigrationPhase.Prepare(Session)) },
            new Running(Life, [], []) { Definition = Definition, Activity = new Activity.Migration(Op, Moving, true, new MigrationPhase.GiveUp(Session, new Outcome(Ending.Failed, "d"), true)) },
            new Running(Life, [], []) { Definition = Definition, Activity = new Activity.Migration(Op, Moving, true, new MigrationPhase.Resume(new Outcome(Ending.Failed, "d"))) },
            new Starting(Life with { Incoming = new Incoming(Session, Moving, true, new CleanedUp(Cause.MigrateOut, "", []) { Definition = Definition, Moves = Moved }) { Address = "x", Committed = true } }, StartPhase.Received, [Op]) { Definition = Definition },
            new Running(Life, [new PendingLook(Op, true)], [new PendingRequest(Op, GuestRequest.Pause)]) { Definition = Definition },
        })
        {
            var (type, version, payload) = VmEventSerializer.Instance.Serialize(one);
            Assert.Equal(one, VmEventSerializer.Instance.Deserialize(type, version, payload));
        }
    }
}
