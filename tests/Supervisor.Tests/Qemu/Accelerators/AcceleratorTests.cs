using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.Accelerators;

namespace VmSupervisor.Supervisor.Tests.Qemu.Accelerators;

public sealed class AcceleratorTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly Readiness readiness = new();
    private readonly ExitWatcher exits;
    private readonly Lines log = new();

    public AcceleratorTests() => exits = new(readiness);

    private KvmTrial Trial => new(new Spawner(), exits);

    private static string Qemu => ExecutableSearch.Find("qemu-system-x86_64")!;

    // A device that anybody can open stands for /dev/kvm.
    private HostEvidence Evidence(string flags = "fpu vmx sse", string device = "/dev/null")
    {
        File.WriteAllText(directory["cpuinfo"], $"processor\t: 0\nflags\t\t: {flags}\n");
        return new(directory["cpuinfo"], device);
    }

    private AcceleratorChoice Choice(HostEvidence evidence) => new(evidence, Trial, new ProcFs(), directory.Path, log);

    [Fact(Timeout = QemuFixture.Limit)]
    [Trait("needs", "qemu")]
    public async Task The_trial_guest_runs_to_its_end_where_a_guest_can_run()
    {
        // TCG stands for hardware that works: the guest itself is right.
        Assert.Equal(new(true, true, "a trial guest ran"), await Trial.RunAsync(Qemu, "tcg", directory["trial"]));
        Assert.False(Directory.Exists(directory["trial"]));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    [Trait("needs", "qemu")]
    public async Task What_QEMU_refuses_is_told_and_proves_nothing()
    {
        var outcome = await Trial.RunAsync(Qemu, "no-such-accelerator", directory["trial"]);
        Assert.Equal((false, false), (outcome.Works, outcome.Conclusive));
        Assert.Contains("no-such-accelerator", outcome.Reason);
    }

    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData("stage-2", false, true, "a trial guest failed (32-bit protected mode at speed, stage 2 of 7)")]
    [InlineData("triple-fault", false, true, "a trial guest crashed (64-bit paged mode at speed, stage 3 of 7)")]
    [InlineData("hangs", false, false, "a trial guest hung for 5 s (real mode, stage 1 of 7)")]
    public async Task A_host_that_does_not_run_guests_is_told_by_the_stage(string fake, bool works, bool conclusive, string reason) =>
        Assert.Equal(new(works, conclusive, reason), await Trial.RunAsync(Path.Combine(AppContext.BaseDirectory, "fakes", fake), "kvm", directory["trial"]));

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Without_the_flags_of_the_CPU_nothing_is_tried()
    {
        var verdict = await Choice(Evidence("fpu sse hypervisor")).DecideAsync("/no/qemu", default);
        Assert.Equal(new(false, $"tcg: /dev/null opens, but the CPU offers no hardware virtualisation (neither vmx nor svm in {directory["cpuinfo"]})"), verdict);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Without_the_device_nothing_is_tried()
    {
        var verdict = await Choice(Evidence(device: directory["kvm"])).DecideAsync("/no/qemu", default);
        Assert.Equal(new(false, $"tcg: cannot open {directory["kvm"]}: No such file or directory"), verdict);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Why_it_is_tcg_is_logged_once_and_again_when_it_is_for_another_reason()
    {
        var choice = Choice(Evidence(device: directory["kvm"]));
        await choice.DecideAsync("/no/qemu", default);
        await choice.DecideAsync("/no/qemu", default);
        Assert.Equal([(LogLevel.Information, $"accel = auto means tcg: cannot open {directory["kvm"]}: No such file or directory")], log.Written);

        File.WriteAllText(directory["kvm"], "");
        Evidence("fpu sse");
        await choice.DecideAsync("/no/qemu", default);
        Assert.Equal(2, log.Written.Count);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_trial_is_made_once_and_remembered_for_this_boot_and_this_QEMU()
    {
        // It counts how often it is run.
        var fake = Path.Combine(AppContext.BaseDirectory, "fakes", "counts");
        var first = Choice(Evidence());
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => first.DecideAsync(fake, default)));
        Assert.All(verdicts, v => Assert.Equal(new(true, "kvm: a trial guest ran"), v));
        Assert.Equal(verdicts[0], await Choice(Evidence()).DecideAsync(fake, default));
        Assert.Single(File.ReadAllLines(directory["count"]));

        var afterReboot = new AcceleratorChoice(Evidence(), Trial, new ProcFs(bootId: "another"), directory.Path, NullLogger<AcceleratorChoice>.Instance);
        Assert.Equal(verdicts[0], await afterReboot.DecideAsync(fake, default));
        Assert.Equal(2, File.ReadAllLines(directory["count"]).Length);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_damaged_memory_costs_one_more_trial()
    {
        var fake = Path.Combine(AppContext.BaseDirectory, "fakes", "counts");
        File.WriteAllText(directory["accelerator.json"], "{\"Key\": 7");
        Assert.True((await Choice(Evidence()).DecideAsync(fake, default)).UseKvm);
        Assert.Single(File.ReadAllLines(directory["count"]));
    }

    public void Dispose()
    {
        exits.Dispose();
        readiness.Dispose();
        directory.Dispose();
    }

    private sealed class Lines : ILogger<AcceleratorChoice>
    {
        public List<(LogLevel Level, string Line)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((logLevel, formatter(state, exception)));
    }
}
