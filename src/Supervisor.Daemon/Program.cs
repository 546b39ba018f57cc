using VmSupervisor.Daemon;
using VmSupervisor.Daemon.Hosting;

return await DaemonProgram.RunAsync(args, Console.Out, Console.Error, SupervisorServices.Add);
