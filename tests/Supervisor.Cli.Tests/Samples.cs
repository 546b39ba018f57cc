using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using Op = VmSupervisor.Contracts.OperationId;

namespace VmSupervisor.Supervisor.Cli.Tests;

internal static class Samples
{
    public static DateTimeOffset Now { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static VmView Running { get; } = new(
        new VmId(104), "web-1", "a", "Running", new Incarnation(3), "running", 4711, "api-start", Now.AddMinutes(-12), null, null, 0,
        [new VolumeView("disk0", "/images/web-1.qcow2", true, false)], [])
    { Version = 12 };

    public static VmView Down { get; } = new(
        new VmId(7), "db", "a", "CleanedUp", new Incarnation(0), "off", null, "defined", Now.AddDays(-3), null, null, 0, [], []);

    public static VmView Stuck { get; } = Running with
    {
        Id = new VmId(12),
        Name = "a-longer-name",
        State = "Stopping",
        Guest = "io-error",
        Pid = 99,
        Cause = "api-stop",
        Since = Now.AddSeconds(-40),
        Operation = Op.Parse("op-9"),
        Restarts = 2,
        Volumes = [new("disk0", "/a", false, true), new("disk1", "/b", false, false)],
        Networks =
        [
            new("net0", "tap", "br0", "52:54:00:00:00:01", []),
            new("net1", "user", null, "52:54:00:00:00:02", ["tcp 127.0.0.1:2222 to port 22", "udp 0.0.0.0:53 to port 5353"]),
        ],
        Problems = ["process 99 is in uninterruptible sleep"],
    };

    public static OperationView Operation(OperationStatus status, string kind = "start", Problem? problem = null, string? note = null) => new(
        Op.Parse("op-1"), new VmId(104), kind, status, "uid 0 (root)", Now.AddSeconds(-2), status == OperationStatus.Running ? null : Now, problem, note);

    public static HistoryEntry Entry(long version, string type, string? cause = null, params (string Name, string Value)[] data) => new(
        version, Now.AddMilliseconds(version), new Incarnation(3), type, cause, null, "pidfd", data.ToDictionary(pair => pair.Name, pair => pair.Value));
}
