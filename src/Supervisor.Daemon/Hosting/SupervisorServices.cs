using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.Daemon.Configuration;
using VmSupervisor.Hosting;

namespace VmSupervisor.Daemon.Hosting;

/// <summary>The library's options from the daemon's configuration.</summary>
internal static class SupervisorServices
{
    public static void Add(IServiceCollection services, DaemonOptions options) => services.AddVmSupervisor(new VmSupervisorOptions
    {
        Node = options.Node,
        StateDirectory = options.StateDirectory,
        RunDirectory = options.RunDirectory,
        QemuExecutable = options.Qemu.Executable,
        QemuSandbox = options.Qemu.Sandbox,
        LaunchTimeout = options.Qemu.LaunchTimeout,
        SerialLogSize = options.Qemu.SerialLogSize,
        CgroupParent = options.Cgroup.Parent,
        HookTimeout = options.Hooks.Timeout,
        ForcedPreStopTimeout = options.Hooks.PreStopForced,
        ForcedQuitTimeout = options.Stop.ForcedQuit,
        QuitTimeout = options.Stop.Quit,
        ExitWarning = options.Stop.ExitWarning,
        RestartFirstDelay = options.Restart.FirstDelay,
        RestartLongestDelay = options.Restart.LongestDelay,
        RestartLimit = options.Restart.Limit,
        RestartWindow = options.Restart.Window,
        RestartGoodAfter = options.Restart.GoodAfter,
        MigrationGrace = options.Migration.Grace,
        MigrationLease = options.Migration.Lease,
        MigrationDeadline = options.Migration.Deadline,
        MigrationTls = options.Migration.Tls,
        MigrationListen = options.Migration.Listen,
        BootId = options.BootId,
        Throughput = options.Actors.Throughput,
        RecoveryPermits = options.Actors.RecoveryPermits,
        RecoveryTimeout = options.Actors.RecoveryTimeout,
    });
}
