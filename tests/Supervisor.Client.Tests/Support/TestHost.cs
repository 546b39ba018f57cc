using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VmSupervisor.AspNetCore;
using VmSupervisor.Vms;

namespace VmSupervisor.Client.Tests.Support;

/// <summary>The production API in front of a supervisor, on a real unix socket. Can be stopped and started again.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IVmSupervisor supervisor;
    private readonly Action<VmSupervisorHttpOptions>? configure;
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("vmsup-client-");
    private WebApplication? app;

    private TestHost(IVmSupervisor supervisor, Action<VmSupervisorHttpOptions>? configure) => (this.supervisor, this.configure) = (supervisor, configure);

    public string Socket => Path.Combine(directory.FullName, "vmsupd.sock");

    public static async Task<TestHost> StartAsync(IVmSupervisor supervisor, Action<VmSupervisorHttpOptions>? configure = null)
    {
        var host = new TestHost(supervisor, configure);
        await host.StartAsync();
        return host;
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(supervisor);
        builder.Services.AddVmSupervisorHttp(configure);
        builder.Services.AddVmSupervisorSocket(Socket);
        app = builder.Build();
        app.MapVmSupervisor();
        await app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (app is not { } running)
            return;
        app = null;
        await running.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        directory.Delete(recursive: true);
    }
}
