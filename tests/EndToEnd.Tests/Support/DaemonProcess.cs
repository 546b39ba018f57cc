using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>A vmsupd that has said that it is ready.</summary>
internal sealed class DaemonProcess : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder log = new();

    private DaemonProcess(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (log)
                log.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
    }

    public int Pid => process.Id;

    public bool HasEnded => process.HasExited;

    public string Log
    {
        get
        {
            lock (log)
                return log.ToString();
        }
    }

    /// <summary>Starts one and waits for what it tells systemd: that all VMs are recovered and the socket listens.</summary>
    /// <param name="root">Where the socket for that is put.</param>
    /// <param name="arguments">Of vmsupd.</param>
    /// <param name="spawned">Told the process's number as soon as there is one.</param>
    public static async Task<DaemonProcess> StartAsync(string root, IEnumerable<string> arguments, Action<int>? spawned = null)
    {
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var notify = Path.Combine(root, "notify");
        File.Delete(notify);
        manager.Bind(new UnixDomainSocketEndPoint(notify));
        var start = Programs.Prepare(Binaries.Daemon, arguments);
        start.Environment["NOTIFY_SOCKET"] = notify;
        var daemon = new DaemonProcess(Process.Start(start)!);
        spawned?.Invoke(daemon.Pid);
        try
        {
            await daemon.ReadyAsync(manager);
            return daemon;
        }
        catch
        {
            await daemon.KillAsync();
            daemon.Dispose();
            throw;
        }
    }

    /// <summary>As kill -9 does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await EndedAsync();
    }

    /// <summary>As a service manager does.</summary>
    public async Task StopAsync()
    {
        Kernel.Signal(Pid, Kernel.Terminate);
        await EndedAsync();
        Assert.True(process.ExitCode == 0, $"vmsupd ended with {process.ExitCode}\n{Log}");
    }

    public void Dispose() => process.Dispose();

    private async Task ReadyAsync(Socket manager)
    {
        var buffer = new byte[1000];
        using var limit = new CancellationTokenSource(Limits.Step);
        var told = manager.ReceiveAsync(buffer, limit.Token).AsTask();
        var ended = process.WaitForExitAsync(limit.Token);
        Assert.True(await Task.WhenAny(told, ended) == told && told.IsCompletedSuccessfully, $"vmsupd did not get ready\n{Log}");
        Assert.StartsWith("READY=1", Encoding.UTF8.GetString(buffer, 0, await told));
    }

    // Not until the end of its output: that of whoever had inherited it.
    private async Task EndedAsync()
    {
        using var limit = new CancellationTokenSource(Limits.Step);
        await process.WaitForExitAsync(limit.Token);
    }
}
