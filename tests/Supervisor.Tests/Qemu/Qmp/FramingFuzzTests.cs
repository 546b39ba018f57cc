using System.Text;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Qmp;

public sealed class FramingFuzzTests
{
    private const string Script = FakeMonitor.Greeting
        + """{"return": {}, "id": 1}""" + "\r\n\r\n"
        + """{"event": "RESUME", "timestamp": {"seconds": 1, "microseconds": 2}}""" + "\n"
        + """{"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown", "n": "äöü\"\n"}}""" + "\r\n";

    [Fact]
    public async Task Frames_cut_at_any_byte_are_the_same_frames()
    {
        var bytes = Encoding.UTF8.GetBytes(Script);
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var first = true;
            Assert.Equal(["RESUME", "SHUTDOWN"], await EventsAsync(bytes, () =>
            {
                var length = first ? cut : bytes.Length;
                first = false;
                return length;
            }));
        }

        Assert.Equal(["RESUME", "SHUTDOWN"], await EventsAsync(bytes, () => 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Lines_of_any_length_come_through_any_cuts(ulong seed)
    {
        var random = new Seeded(seed);
        var lines = Enumerable.Range(0, 300).Select(_ => new string((char)('a' + random.Below(26)), 1 + random.Below(random.Below(20) == 0 ? 50_000 : 100))).ToArray();
        var bytes = Encoding.UTF8.GetBytes(string.Join("", lines.Select(l => l + (random.Below(2) == 0 ? "\n" : "\r\n"))));
        var reader = new QmpLineReader(new ChunkedStream(bytes, int.MaxValue, () => 1 + random.Below(random.Below(4) == 0 ? 10_000 : 40)), 50_000);
        foreach (var expected in lines)
            Assert.Equal(expected, Encoding.UTF8.GetString((await reader.ReadAsync(default)).Bytes.Span));
        Assert.Equal(QmpFaultKind.Closed, (await reader.ReadAsync(default)).Fault?.Kind);
    }

    [Fact]
    public async Task Damaged_streams_end_with_a_fault_and_never_with_an_exception()
    {
        var bytes = Encoding.UTF8.GetBytes(Script);
        for (var seed = 0UL; seed < 3000; seed++)
        {
            var random = new Seeded(seed);
            var damaged = bytes.ToArray();
            for (var i = random.Below(6); i >= 0; i--)
                damaged[FakeMonitor.Greeting.Length + random.Below(damaged.Length - FakeMonitor.Greeting.Length)] = (byte)random.Below(256);
            var opened = await OpenAsync(damaged, FakeMonitor.Greeting.Length, () => 1 + random.Below(60));
            if (opened is QmpOpened.Ready(var connection))
            {
                await connection.Closed;
                await connection.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Damaged_greetings_end_with_a_fault_and_never_with_an_exception()
    {
        var bytes = Encoding.UTF8.GetBytes(FakeMonitor.Greeting);
        for (var seed = 0UL; seed < 1000; seed++)
        {
            var random = new Seeded(seed);
            var damaged = bytes.ToArray();
            for (var i = random.Below(3); i >= 0; i--)
                damaged[random.Below(damaged.Length)] = (byte)random.Below(256);
            Assert.IsType<QmpOpened.Failed>(await OpenAsync(damaged, int.MaxValue, () => 1 + random.Below(60)));
        }
    }

    private static async Task<List<string>> EventsAsync(byte[] bytes, Func<int> nextLength)
    {
        await using var connection = Assert.IsType<QmpOpened.Ready>(await OpenAsync(bytes, FakeMonitor.Greeting.Length, nextLength)).Connection;
        var names = new List<string>();
        await foreach (var one in connection.Events.ReadAllAsync())
            names.Add(one.Name);
        return names;
    }

    private static Task<QmpOpened> OpenAsync(byte[] bytes, int held, Func<int> nextLength) => QmpConnection.OpenAsync(
        new ChunkedStream(bytes, held, nextLength), TimeSpan.FromSeconds(60), TimeProvider.System, new(), default);
}
