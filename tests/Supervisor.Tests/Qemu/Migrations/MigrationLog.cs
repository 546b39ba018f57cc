using System.Threading.Channels;
using VmSupervisor.Domain;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Monitor;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Supervisor.Tests.Qemu.Migrations;

/// <summary>What an end of a migration says by itself, heard over the monitor for people.</summary>
internal sealed class MigrationLog : IAsyncDisposable
{
    private readonly Channel<string> words = Channel.CreateUnbounded<string>();
    private readonly MonitorSession monitor;

    private MigrationLog(ProcessKey key)
    {
        monitor = new(new RunFiles(key.RunDirectory).PeoplesMonitor, QemuFixture.Patience, new(), TimeProvider.System);
        monitor.EventArrived += one =>
        {
            if (one.Name is "STOP" or "RESUME")
                words.Writer.TryWrite(one.Name);
            else if (one.Name == "MIGRATION" && one.Message.TryField("data", out var data) && data.TryText("status", out var status))
                words.Writer.TryWrite(status);
        };
    }

    public static async Task<MigrationLog> OpenAsync(ProcessKey key)
    {
        var log = new MigrationLog(key);
        await log.monitor.OpenAsync(QemuFixture.Patience, default);
        return log;
    }

    /// <summary>All words until one, with it.</summary>
    public async Task<string[]> UntilAsync(string word)
    {
        var all = new List<string>();
        using var patience = new CancellationTokenSource(QemuFixture.Patience, TimeProvider.System);
        do
            all.Add(await words.Reader.ReadAsync(patience.Token));
        while (all[^1] != word);
        return [.. all];
    }

    /// <summary>What was said since, and not waited for. QEMU has said all of it when it answers a command.</summary>
    public async Task<string[]> RestAsync()
    {
        await AskAsync("query-status");
        var all = new List<string>();
        while (words.Reader.TryRead(out var word))
            all.Add(word);
        return [.. all];
    }

    public Task AskAsync(string command) => new MonitorCalls(monitor, QemuFixture.Patience).AskAsync(QmpCommands.Raw(command), default);

    public ValueTask DisposeAsync() => monitor.DisposeAsync();
}
