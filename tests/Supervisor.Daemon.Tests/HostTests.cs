using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VmSupervisor.Daemon;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;
using VmSupervisor.Supervisor.Daemon.Tests.Support;
using VmSupervisor.Vms;

namespace VmSupervisor.Supervisor.Daemon.Tests;

public sealed class HostTests
{
    [Fact]
    public async Task The_socket_is_there_only_when_all_vms_are_recovered()
    {
        using var directory = new TempDirectory();
        var recovery = new Recovery();

        var daemon = RunAsync(directory, recovery);
        await BeforeEndAsync(recovery.Began.Task, daemon);
        Assert.False(File.Exists(directory.Socket));
        recovery.Continue.SetResult();
        await BeforeEndAsync(recovery.Ready, daemon);

        Assert.Equal(200, await StatusAsync(directory, "/v1/vms"));
        recovery.Lifetime!.StopApplication();
        Assert.Equal(ExitCodes.Stopped, await daemon);
        Assert.False(File.Exists(directory.Socket));
    }

    [Fact]
    public async Task A_stop_during_recovery_is_an_orderly_one()
    {
        using var directory = new TempDirectory();
        var recovery = new Recovery();

        var daemon = RunAsync(directory, recovery);
        await BeforeEndAsync(recovery.Began.Task, daemon);
        recovery.Lifetime!.StopApplication();

        Assert.Equal(ExitCodes.Stopped, await daemon);
    }

    [Fact]
    public async Task An_address_outside_of_the_api_is_answered_with_a_document()
    {
        using var directory = new TempDirectory();
        var recovery = new Recovery();
        recovery.Continue.SetResult();
        var daemon = RunAsync(directory, recovery);
        await BeforeEndAsync(recovery.Ready, daemon);

        using var client = Client(directory);
        using var response = await client.GetAsync("/favicon.ico");

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal("not-found", JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("kind").GetString());
        recovery.Lifetime!.StopApplication();
        await daemon;
    }

    [Fact]
    public async Task Directories_are_made_so_that_others_reach_the_socket_and_nothing_else()
    {
        using var directory = new TempDirectory();
        var recovery = new Recovery();
        recovery.Continue.SetResult();
        var daemon = RunAsync(directory, recovery);
        await BeforeEndAsync(recovery.Ready, daemon);

        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(directory.Run));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Path.Combine(directory.Run, "vms")));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(directory.State));
        Assert.Equal((UnixFileMode)0b110_110_110, File.GetUnixFileMode(directory.Socket));
        recovery.Lifetime!.StopApplication();
        await daemon;
    }

    private static Task<int> RunAsync(TempDirectory directory, Recovery recovery) => DaemonProgram.RunAsync(
        ["--state-dir", directory.State, "--run-dir", directory.Run, "--node", "a", "--set", "vmsup.log.level=error"],
        TextWriter.Null,
        TextWriter.Null,
        (services, _) =>
        {
            services.AddSingleton<IVmSupervisor>(new FakeSupervisor());
            services.AddSingleton(recovery);
            services.AddHostedService(provider =>
            {
                recovery.Lifetime = provider.GetRequiredService<IHostApplicationLifetime>();
                return recovery;
            });
        });

    private static async Task BeforeEndAsync(Task task, Task<int> daemon)
    {
        if (await Task.WhenAny(task, daemon) == daemon)
            Assert.Fail($"the daemon ended with {await daemon}");
    }

    private static async Task<int> StatusAsync(TempDirectory directory, string path)
    {
        using var client = Client(directory);
        using var response = await client.GetAsync(path);
        return (int)response.StatusCode;
    }

    private static HttpClient Client(TempDirectory directory) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(directory.Socket), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://vmsupd") };

    private sealed class Recovery : IHostedService
    {
        private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Continue { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ready => ready.Task;

        public IHostApplicationLifetime? Lifetime { get; set; }

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            Lifetime!.ApplicationStarted.Register(ready.SetResult);
            Began.SetResult();
            await Continue.Task.WaitAsync(cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
