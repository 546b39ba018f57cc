using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serilog;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.AspNetCore;
using VmSupervisor.AspNetCore.Clients;
using VmSupervisor.AspNetCore.Peers;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Daemon.Configuration;
using VmSupervisor.Journal.Sqlite;

namespace VmSupervisor.Daemon.Hosting;

/// <summary>Puts the daemon together.</summary>
internal static class DaemonHost
{
    /// <summary>The host; starting it recovers all VMs before the socket is there, since Kestrel starts last.</summary>
    public static WebApplication Build(DaemonOptions options, Serilog.ILogger log, Action<IServiceCollection, DaemonOptions> addSupervisor)
    {
        // An empty one: no appsettings.json of whatever directory this is started in, no environment variables that
        // change what it listens on. Everything that can be configured is in reference.conf.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddSerilog(log);

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IJournal>(services => SqliteJournal.Open(
            options.Journal, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<SqliteJournal>>()));
        addSupervisor(builder.Services, options);
        builder.Services.AddVmSupervisorPeers(PeerServices.OptionsOf(options));
        builder.Services.AddVmSupervisorClients(new ClientOptions
        {
            TokenFile = Path.Combine(options.StateDirectory, "tokens.json"),
            Listen = options.Http.Listen,
            MaxConnections = options.Http.MaxConnections,
            Certificates = options.Peers.Certificates,
            HeadersTimeout = options.Http.HeadersTimeout,
            LargestBody = options.Http.MaxRequestBody,
            HandshakeTimeout = options.Peers.ConnectTimeout,
        });
        builder.Services.AddVmSupervisorHttp(http =>
        {
            http.AllowedGroup = options.Socket.Group;
            foreach (var rule in options.Access.Rules)
                http.Access.Rules.Add(rule);
            foreach (var root in options.Access.Roots)
                http.Access.Roots.Add(root);
            foreach (var bridge in options.Access.Bridges)
                http.Access.Bridges.Add(bridge);
            http.Access.OperatorsDefine = options.Access.OperatorsDefine;
            http.MaxRequestBody = options.Http.MaxRequestBody;
            http.BodyTimeout = options.Http.BodyTimeout;
            http.RequestsPerSecond = options.Http.RequestsPerSecond;
            http.EventsKeepAlive = options.Http.EventsKeepAlive;
            http.SendTimeout = options.Http.SendTimeout;
        });
        builder.Services.AddVmSupervisorSocket(options.Socket.Path);

        var app = builder.Build();
        app.MapVmSupervisor();
        app.Map("/{**path}", NoSuchAddressAsync).Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
        return app;
    }

    private static Task NoSuchAddressAsync(HttpContext http) =>
        RequestPipeline.WriteAsync(http, Answer.Problem(ProblemKind.NotFound, $"there is no {http.Request.Path}; the API is below /v1"));
}
