using VmSupervisor.Chaos.Tests.Driving;
using Xunit.Runner.InProc.SystemConsole;

return args is ["chaos", .. var options]
    ? await Command.RunAsync(options)
    : await ConsoleRunner.Run(args);
