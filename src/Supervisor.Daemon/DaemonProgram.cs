using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog.Core;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.AspNetCore;
using VmSupervisor.Daemon.CommandLine;
using VmSupervisor.Daemon.Configuration;
using VmSupervisor.Daemon.Hosting;
using VmSupervisor.Daemon.Journals;
using VmSupervisor.Daemon.Logging;
using VmSupervisor.Hocon;
using VmSupervisor.Linux;
using VmSupervisor.Vms;

namespace VmSupervisor.Daemon;

/// <summary>The daemon's life: arguments, configuration, claims, recovery, ready, stop.</summary>
internal static partial class DaemonProgram
{
    /// <summary>Runs until a signal; returns the exit code.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter errors, Action<IServiceCollection, DaemonOptions> addSupervisor)
    {
        if (args is [JournalProgram.Name, ..])
            return JournalProgram.Run([.. args.Skip(1)], output, errors);
        var (arguments, exitCode) = DaemonCommandLine.Parse(args, output, errors);
        if (arguments is null)
            return exitCode;
        try
        {
            var reader = new ConfigurationReader(Environment.IsPrivilegedProcess, Environment.GetEnvironmentVariable, Environment.MachineName);
            var options = reader.Read(ConfigurationSources.Read(arguments));
            using var claims = Claims.Take(options);
            await using var log = DaemonLog.Create(options.Log);
            return await RunAsync(options, log, addSupervisor);
        }
        catch (HoconException e)
        {
            errors.WriteLine(e.Message);
            return ExitCodes.BadConfiguration;
        }
        catch (ClaimedException e)
        {
            errors.WriteLine($"vmsupd: {e.Message}");
            return ExitCodes.Conflict;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"vmsupd: {e.Message}");
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> RunAsync(DaemonOptions options, Logger log, Action<IServiceCollection, DaemonOptions> addSupervisor)
    {
        await using var app = DaemonHost.Build(options, log, addSupervisor);
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("vmsupd");
        var time = app.Services.GetRequiredService<TimeProvider>();
        var systemd = new SdNotify(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));
        var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        var began = time.GetTimestamp();
        LogStarting(logger, options.Node, options.StateDirectory, options.RunDirectory);
        try
        {
            await app.StartAsync();
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // A signal during recovery.
            LogStopped(logger);
            return ExitCodes.Stopped;
        }
        catch (SocketInUseException e)
        {
            LogCannotStart(logger, e.Message);
            return ExitCodes.Conflict;
        }
        catch (Exception e) when (e is JournalException or IOException or UnauthorizedAccessException)
        {
            LogCannotStart(logger, e.Message);
            return ExitCodes.Failed;
        }
        catch (Exception e)
        {
            LogUnexpected(logger, e, e.Message);
            return ExitCodes.Failed;
        }

        var vms = app.Services.GetRequiredService<IVmSupervisor>().List().Count;
        LogReady(logger, options.Node, vms, options.Socket.Path, (long)time.GetElapsedTime(began).TotalMilliseconds);
        systemd.Ready($"node {options.Node}, {vms} VMs");
        using var stopping = lifetime.ApplicationStopping.Register(() =>
        {
            systemd.Stopping();
            LogStopping(logger);
        });
        await app.WaitForShutdownAsync();
        LogStopped(logger);
        return ExitCodes.Stopped;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node} starts; state in {StateDirectory}, run-time files in {RunDirectory}")]
    private static partial void LogStarting(Microsoft.Extensions.Logging.ILogger logger, string node, string stateDirectory, string runDirectory);

    [LoggerMessage(Level = LogLevel.Critical, Message = "cannot start: {Reason}")]
    private static partial void LogCannotStart(Microsoft.Extensions.Logging.ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "cannot start, for a reason that is a fault of vmsupd: {Reason}")]
    private static partial void LogUnexpected(Microsoft.Extensions.Logging.ILogger logger, Exception exception, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node} is ready: {Vms} VMs recovered, listening on {Socket}, after {Milliseconds} ms")]
    private static partial void LogReady(Microsoft.Extensions.Logging.ILogger logger, string node, int vms, string socket, long milliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping; the guests go on")]
    private static partial void LogStopping(Microsoft.Extensions.Logging.ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped")]
    private static partial void LogStopped(Microsoft.Extensions.Logging.ILogger logger);
}
