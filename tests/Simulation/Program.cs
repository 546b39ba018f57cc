using System.Globalization;
using VmSupervisor.Simulation;
using VmSupervisor.Simulation.Counting;
using VmSupervisor.Simulation.Plans;
using VmSupervisor.Simulation.Playing;
using VmSupervisor.Simulation.Sweeping;

if (Arguments.Read(args) is not { } asked)
    return Usage();
return asked.Seeds == 1 ? One(asked) : Many(asked);

static int Usage()
{
    Console.Error.WriteLine("simulate [--seeds N] [--first SEED] [--only PLACE,PLACE,…] [--order N] [--coverage FILE]");
    return 2;
}

static int One(Arguments asked)
{
    var plan = Planner.Of(asked.First) with { Order = asked.Order };
    if (asked.Only is { } only)
        plan = plan.Only(only);
    Console.WriteLine($"seed {plan.Seed}, order {plan.Order}\n{plan}");
    var outcome = Run.Of(plan, Subject.Production, new Tally(), traced: true, tell: Console.WriteLine);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.Steps} steps, trace {outcome.Trace:x16}, {outcome.Violations.Count} violations"));
    if (outcome.Failed)
        Console.WriteLine(outcome.Complaint);
    return outcome.Failed ? 1 : 0;
}

static int Many(Arguments asked)
{
    var began = TimeProvider.System.GetTimestamp();
    var sweep = new Sweep(Subject.Production) { OnFailure = failure => Console.WriteLine($"{failure}\n") };
    var tally = sweep.Of(asked.First, asked.Seeds, done =>
    {
        if (done % Math.Max(1, asked.Seeds / 10) == 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done:N0} seeds, {done / TimeProvider.System.GetElapsedTime(began).TotalSeconds:N0} seeds/s, {sweep.Failed} failed"));
    });
    var elapsed = TimeProvider.System.GetElapsedTime(began);
    Console.WriteLine();
    Console.WriteLine(Report.Of(tally));
    if (asked.Coverage is { } file)
        File.WriteAllText(file, Report.InFull(tally));
    foreach (var kind in sweep.FailureKinds)
        Console.WriteLine($"{kind}: {sweep.FailedBy(kind).Count} seeds, as {string.Join(' ', sweep.FailedBy(kind).Take(10))}");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds {asked.First} to {asked.First + asked.Seeds - 1}: {sweep.Failed} violations; {elapsed.TotalSeconds:0.0} s, {asked.Seeds / elapsed.TotalSeconds:N0} seeds/s"));
    return sweep.Failed > 0 ? 1 : 0;
}
