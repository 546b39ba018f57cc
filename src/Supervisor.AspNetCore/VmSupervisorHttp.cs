using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.AspNetCore.Access.Tokens;
using VmSupervisor.AspNetCore.Consoles;
using VmSupervisor.AspNetCore.Events;
using VmSupervisor.AspNetCore.Limits;
using VmSupervisor.AspNetCore.Nodes;
using VmSupervisor.AspNetCore.Operations;
using VmSupervisor.AspNetCore.Peers;
using VmSupervisor.AspNetCore.Remoting;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.AspNetCore.Vms;
using VmSupervisor.Vms;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.AspNetCore;

/// <summary>The supervisor's HTTP API, for any ASP.NET Core host.</summary>
public static class VmSupervisorHttp
{
    /// <summary>
    /// Registers what <see cref="MapVmSupervisor"/> needs. Who asks is decided by an
    /// <see cref="IVmSupervisorAccess"/> that was registered before, otherwise by the peer credentials of the unix
    /// socket (see <see cref="VmSupervisorSocket.AddVmSupervisorSocket"/>); what they may do, by their grants.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options.</param>
    public static IServiceCollection AddVmSupervisorHttp(this IServiceCollection services, Action<VmSupervisorHttpOptions>? configure = null)
    {
        services.AddRoutingCore();
        if (configure is not null)
            services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IVmSupervisorAccess>(provider => new PeerAccess(
            provider.GetRequiredService<IOptions<VmSupervisorHttpOptions>>(), provider.GetService<TokenStore>()));
        services.TryAddSingleton(provider => new RefusalNotes(
            provider.GetRequiredService<IVmSupervisor>(), provider.GetService<IAuditTrail>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RefusalNotes>>()));
        services.TryAddSingleton<IAccess, AccessJudge>();

        // Routes are mapped before the host starts, and only its start may open the journal.
        services.TryAddSingleton(provider => new Lazy<IAccess>(provider.GetRequiredService<IAccess>));
        services.TryAddSingleton<RequestRates>();
        services.TryAddSingleton<RequestPipeline>();
        return services;
    }

    /// <summary>
    /// Maps <c>/v1/…</c>, <c>/healthz</c> and <c>/readyz</c>. Needs <see cref="AddVmSupervisorHttp"/> and a registered
    /// <see cref="VmSupervisor.Vms.IVmSupervisor"/>.
    /// </summary>
    /// <param name="endpoints">Where to; a group gives the addresses a prefix.</param>
    public static IEndpointRouteBuilder MapVmSupervisor(this IEndpointRouteBuilder endpoints)
    {
        var routes = new RouteTable(endpoints, endpoints.ServiceProvider.GetRequiredService<RequestPipeline>());
        VmRoutes.Map(routes);
        ConsoleRoutes.Map(routes);
        MonitorRoutes.Map(routes);
        OperationRoutes.Map(routes);
        EventRoutes.Map(routes);
        RemotingRoutes.Map(routes);
        NodeRoutes.Map(routes);
        JournalRoutes.Map(routes);
        LeftoverRoutes.Map(routes);
        PeerViewRoutes.Map(routes);
        PeerRoutes.Map(routes);
        TokenRoutes.Map(routes);
        routes.MapRest("/v1/{**rest}");
        return endpoints;
    }
}
