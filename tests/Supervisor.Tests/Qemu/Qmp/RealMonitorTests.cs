using System.Net.Sockets;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Qmp;

/// <summary>Against a real QEMU, over the monitor for people: the other one belongs to the session.</summary>
[Trait("needs", "qemu")]
public sealed class RealMonitorTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Typed_commands_and_errors()
    {
        await using var host = new QemuFixture();
        await using var connection = await ConnectAsync(host);
        Assert.True(connection.Greeting.Version?.Major >= 7);
        Assert.Equal(connection.Greeting.Version, (await ReturnedAsync(connection.ExecuteAsync(QmpCommands.QueryVersion, Long, default))));
        Assert.Equal("prelaunch", (await ReturnedAsync(connection.ExecuteAsync(QmpCommands.QueryStatus, Long, default))).Status);
        Assert.False((await ReturnedAsync(connection.ExecuteAsync(QmpCommands.QueryKvm, Long, default))).Enabled);

        var unknown = await connection.ExecuteAsync(QmpCommands.Raw("no-such-command"), Long, default);
        Assert.Equal(new QmpResult<QmpValue>.Refused("CommandNotFound", "The command no-such-command has not been found"), unknown);
        var wrong = await connection.ExecuteAsync(QmpCommands.Raw("device_del", w => w.WriteString("id", "none")), Long, default);
        Assert.Equal(new QmpResult<QmpValue>.Refused("DeviceNotFound", "Device 'none' not found"), wrong);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Many_commands_in_flight_get_their_own_answers()
    {
        await using var host = new QemuFixture();
        await using var connection = await ConnectAsync(host);
        var pending = Enumerable.Range(0, 300).Select(i => i % 3 == 0
            ? (Task)RefusedAsync(connection.ExecuteAsync(QmpCommands.Raw($"no-{i}"), Long, default), $"no-{i}")
            : i % 3 == 1
                ? ReturnedAsync(connection.ExecuteAsync(QmpCommands.QueryVersion, Long, default))
                : ReturnedAsync(connection.ExecuteAsync(QmpCommands.QueryStatus, Long, default)));
        await Task.WhenAll(pending);
        Assert.Equal(0, connection.StrayReplies);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task The_longest_reply_of_QEMU_fits()
    {
        await using var host = new QemuFixture();
        await using var connection = await ConnectAsync(host);
        var schema = await ReturnedAsync(connection.ExecuteAsync(QmpCommands.Raw("query-qmp-schema"), Long, default));
        Assert.InRange(schema.Value.GetRawText().Length, 100_000, new QmpLimits().MaxLine / 4);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Events_and_replies_keep_their_order()
    {
        await using var host = new QemuFixture();
        await using var connection = await ConnectAsync(host);
        for (var i = 0; i < 50; i++)
        {
            var running = Sequence(await connection.ExecuteAsync(QmpCommands.Continue, Long, default));
            var stopped = Sequence(await connection.ExecuteAsync(QmpCommands.Stop, Long, default));
            var resume = await connection.Events.ReadAsync();
            var stop = await connection.Events.ReadAsync();
            Assert.Equal(("RESUME", "STOP"), (resume.Name, stop.Name));
            Assert.True(resume.Sequence < running && running < stop.Sequence && stop.Sequence < stopped);
        }
    }

    private static async Task<QmpConnection> ConnectAsync(QemuFixture host)
    {
        var (key, _) = await host.LaunchAsync();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(new RunFiles(key.RunDirectory).PeoplesMonitor));
        var opened = await QmpConnection.OpenAsync(new NetworkStream(socket, ownsSocket: true), Long, TimeProvider.System, new(), default);
        return Assert.IsType<QmpOpened.Ready>(opened).Connection;
    }

    private static async Task<T> ReturnedAsync<T>(Task<QmpResult<T>> result)
        where T : class => Assert.IsType<QmpResult<T>.Returned>(await result).Value;

    private static async Task RefusedAsync(Task<QmpResult<QmpValue>> result, string name) =>
        Assert.Contains(name, Assert.IsType<QmpResult<QmpValue>.Refused>(await result).Description);

    private static long Sequence(QmpResult<QmpNothing> result) => Assert.IsType<QmpResult<QmpNothing>.Returned>(result).Sequence;
}
