using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using VmSupervisor.Doctor;
using VmSupervisor.Resources;
using VmSupervisor.Vms;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.Hosting;

/// <summary>Adds a VM supervisor to a host.</summary>
public static class VmSupervisorServices
{
    /// <summary>
    /// Adds <see cref="IVmSupervisor"/>, <see cref="INodeDoctor"/> and the hosted service that runs them: it has recovered
    /// all VMs when the host's start has passed it, and lets go of them at the host's stop, their guests running on. The host provides an
    /// <see cref="Actors.Persistence.IJournal"/>, a <see cref="TimeProvider"/> and logging. Kinds of volumes and networks of
    /// its own are every <see cref="IVolumeKind"/> and <see cref="INetworkKind"/> among the services.
    /// </summary>
    public static IServiceCollection AddVmSupervisor(this IServiceCollection services, VmSupervisorOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<NodeHost>();
        services.AddSingleton<IVmSupervisor>(provider => provider.GetRequiredService<NodeHost>().Supervisor);
        services.AddSingleton<INodeJournal>(provider => provider.GetRequiredService<NodeHost>().Journal);
        services.AddSingleton<IAuditTrail>(provider => provider.GetRequiredService<NodeHost>().Audit);
        services.AddSingleton<INodeLeftovers>(provider => provider.GetRequiredService<NodeHost>().Leftovers);
        services.AddSingleton<INodeDoctor>(provider => provider.GetRequiredService<NodeHost>().Doctor);
        services.AddSingleton(provider => provider.GetRequiredService<NodeHost>().Consoles);
        services.AddSingleton(provider => provider.GetRequiredService<NodeHost>().Monitors);
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<NodeHost>());
        return services;
    }
}
