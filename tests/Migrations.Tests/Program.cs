using VmSupervisor.Migrations.Tests.Driving;
using Xunit.Runner.InProc.SystemConsole;

return args is ["matrix", .. var options]
    ? await Command.RunAsync(options)
    : await ConsoleRunner.Run(args);
