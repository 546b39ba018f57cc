using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.Machines;
using VmSupervisor.Qemu.Uefi;

namespace VmSupervisor.Supervisor.Tests.Qemu;

public sealed class VariableStoreTests : IDisposable
{
    private static readonly VmId Vm = new(7);
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void The_first_firmware_that_is_there_is_taken_and_its_variables_are_copied_once()
    {
        var stores = Stores(Image("none", code: false), Image("4M", size: 4), Image("2M", size: 2));
        Assert.False(Directory.Exists(directory["state/uefi"]));
        Assert.Equal(stores.Find(Vm), stores.Prepare(Vm));
        var (code, variables) = (stores.Find(Vm).Code, stores.Find(Vm).Variables);
        Assert.Equal(directory["4M.code"], code);
        Assert.Equal(4, File.ReadAllBytes(variables).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(variables));

        File.WriteAllText(variables, "mine");
        stores.Prepare(Vm);
        Assert.Equal("mine", File.ReadAllText(variables));
        Assert.NotEqual(variables, stores.Prepare(new(8)).Variables);
    }

    [Fact]
    public void Variables_keep_the_code_that_they_fit_also_when_a_better_one_comes()
    {
        Stores(Image("2M", size: 2)).Prepare(Vm);
        var later = Stores(Image("4M", size: 4), Image("2M", size: 2));
        Assert.Equal(directory["2M.code"], later.Prepare(Vm).Code);
        Assert.Equal(directory["4M.code"], later.Prepare(new(8)).Code);
        var refused = Assert.Throws<IOException>(() => Stores(Image("4M", size: 4)).Prepare(Vm));
        Assert.StartsWith($"the UEFI variables of this VM, {later.Find(Vm).Variables}, have 2 bytes, and no OVMF on this host is of that size: ", refused.Message);
    }

    [Fact(Timeout = QemuFixture.Limit)]
    [Trait("needs", "qemu")]
    public async Task Without_OVMF_a_start_is_refused_and_says_what_to_install()
    {
        await using var host = new QemuFixture(options => options with { UefiImages = [Image("none", code: false)] });
        var reason = await host.LaunchFailsAsync(QemuFixture.Nano() with { Bios = null, Firmware = Firmware.Uefi });
        Assert.Equal($"firmware uefi was asked for, and there is no OVMF on this host (apt-get install ovmf); looked for {directory["none.code"]}", reason);
        Assert.Empty(Directory.GetDirectories(host.Options.StateDirectory));
        var planned = await host.Hypervisor.PlanAsync(new(host.NewKey(), QemuFixture.Nano() with { Bios = null, Firmware = Firmware.Uefi }), default);
        Assert.Equal(new PlannedLaunch.Impossible(reason), planned);
    }

    [Fact]
    public void Aliases_are_found_in_what_QEMU_prints_and_nothing_else_is() => Assert.Equal(
        new Dictionary<string, string> { ["pc"] = "pc-i440fx-7.2", ["q35"] = "pc-q35-7.2" },
        MachineList.AliasesIn(
        [
            "Supported machines are:",
            "microvm              microvm (i386)",
            "pc                   Standard PC (i440FX + PIIX, 1996) (alias of pc-i440fx-7.2)",
            "pc-i440fx-7.2        Standard PC (i440FX + PIIX, 1996) (default)",
            "q35                  Standard PC (Q35 + ICH9, 2009) (alias of pc-q35-7.2) (deprecated)",
            "",
        ]));

    private UefiImage Image(string name, bool code = true, int size = 1)
    {
        if (code)
            File.WriteAllText(directory[$"{name}.code"], "code");
        File.WriteAllBytes(directory[$"{name}.vars"], new byte[size]);
        return new(directory[$"{name}.code"], directory[$"{name}.vars"]);
    }

    private VariableStores Stores(params UefiImage[] images) => new(directory["state"], images);
}
