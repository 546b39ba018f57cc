using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Memory;

namespace VmSupervisor.Supervisor.Tests.Qemu.Memory;

[Collection("jobs of QEMU")]
[Trait("needs", "qemu")]
public sealed class RestoreTests
{
    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_state_that_is_damaged_or_incomplete_is_refused_before_anything_runs()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        var whole = await SavedAsync(host);
        var path = host.Files["saved"];
        foreach (var length in (int[])[0, 10, whole.Length / 2, whole.Length - 1])
        {
            await File.WriteAllBytesAsync(path, whole[..length]);
            Assert.Equal($"{path} is not a complete saved state", await host.LaunchFailsAsync(SaveTests.Guest, path));
        }

        // One bit of the guest's memory: QEMU would not notice.
        var damaged = whole.ToArray();
        damaged[whole.Length / 4] ^= 1;
        await File.WriteAllBytesAsync(path, damaged);
        Assert.Equal($"{path} is damaged: its content is not what was saved", await host.LaunchFailsAsync(SaveTests.Guest, path));

        await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat("somebody's file\n", 100)));
        Assert.Equal($"{path} is not a complete saved state", await host.LaunchFailsAsync(SaveTests.Guest, path));
        Assert.Equal("cannot open /no/such: No such file or directory", await host.LaunchFailsAsync(SaveTests.Guest, "/no/such"));

        await File.WriteAllBytesAsync(path, whole);
        await host.LaunchAsync(SaveTests.Guest, path);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_state_of_another_VM_machine_or_time_is_refused_by_name()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        await SavedAsync(host);
        var path = host.Files["saved"];
        Assert.Equal(
            $"{path} was saved of another machine: the state has '-m 4M', the VM has not",
            await host.LaunchFailsAsync(SaveTests.Guest with { Memory = 8 << 20 }, path));
        Assert.Equal(
            $"{path} was saved of another machine: the VM has '-device virtio-rng-pci', the state has not",
            await host.LaunchFailsAsync(SaveTests.Guest with { QemuArgs = ["-device", "virtio-rng-pci"] }, path));

        var other = new LaunchRequest(host.NewKey(id: 8), SaveTests.Guest with { Id = new(8) }) { RestoreFrom = path };
        Assert.Equal(new LaunchResult.Failed($"{path} is the saved state of vm 7"), await host.Hypervisor.LaunchAsync(other, default));
        var former = host.NewKey() with { Incarnation = new Incarnation(1) };
        Assert.Equal(
            new LaunchResult.Failed($"{path} was saved by incarnation 1, which is not before incarnation 1"),
            await host.Hypervisor.LaunchAsync(new(former, SaveTests.Guest) { RestoreFrom = path }, default));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task A_state_that_only_QEMU_can_judge_fails_with_its_words()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        var (key, _) = await host.LaunchAsync(SaveTests.Guest);
        var machine = await File.ReadAllLinesAsync(new RunFiles(key.RunDirectory).Machine);
        Assert.Contains("-m 4M", machine);
        await File.WriteAllTextAsync(host.Files["saved"], string.Concat(Enumerable.Repeat("somebody's file\n", 100)));
        await StateSeal.ApplyAsync(host.Files["saved"], key, machine, default);
        Assert.Equal("QEMU ended: Not a migration stream (exit code 1)", await host.LaunchFailsAsync(SaveTests.Guest, host.Files["saved"]));
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task The_deadline_of_a_launch_holds_for_loading_too()
    {
        await using var host = new QemuFixture(QemuFixture.Patient);
        await SavedAsync(host);
        await using var hasty = new QemuFixture(o => o with { LaunchDeadline = TimeSpan.FromMilliseconds(1) });
        hasty.NewKey();
        var reason = await hasty.LaunchFailsAsync(SaveTests.Guest, host.Files["saved"]);
        Assert.Matches($@"^QEMU did not load {host.Files["saved"]} within 0\.0\d+ s$", reason);
    }

    private static async Task<byte[]> SavedAsync(QemuFixture host)
    {
        var (key, _) = await SaveTests.RunningAsync(host);
        Assert.IsType<SaveResult.Saved>(await SaveTests.SaveAsync(host.Hypervisor, host, key));
        await host.Hypervisor.ExtinguishAsync(key, null, _ => { }, default);
        return await File.ReadAllBytesAsync(host.Files["saved"]);
    }
}
