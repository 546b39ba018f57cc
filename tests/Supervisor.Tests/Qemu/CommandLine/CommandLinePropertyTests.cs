using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Arbitraries;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Supervisor.Tests.Qemu.CommandLine;

/// <summary>What holds of QEMU's command line whatever the definition is, as long as it is valid.</summary>
public sealed class CommandLinePropertyTests
{
    // None of these arguments: what a person appended is theirs, and QEMU reads it as it is.
    private static readonly Gen<LaunchPlan> Plans =
        from definition in ValidDefinitions.Any
        from run in Gen.Elements("/run/vmsup/vms/104/3", "/run/a,b/c=d,,e", "/r/ä \"x\"/,server=off", "/x")
        from kvm in Gen.Elements(true, false)
        select PlanOf(definition with { QemuArgs = [] }, run, kvm);

    private static readonly Gen<DiskDefinition> OneMore = ValidDefinitions.Disk.Select(disk => disk with { Path = "/one-more", Serial = null });

    [Fact]
    public void Every_text_of_the_definition_is_there_whole_and_once_where_it_belongs() => Check.One(Texts.Cases(200), Prop.ForAll(Plans.ToArbitrary(), plan =>
    {
        var arguments = QemuCommandLine.Build(plan);
        var (definition, files) = (plan.Definition, plan.Files);
        Assert.Equal(definition.Name, Assert.Single(AsQemuReads.Of("-name", arguments))["guest"]!.ToString());
        Assert.Equal(definition.Disks.Select(disk => disk.Path), AsQemuReads.Of("-blockdev", arguments)
            .Where(node => node["node-name"]!.ToString().StartsWith("disk", StringComparison.Ordinal)).Select(node => node["file"]!["filename"]!.ToString()));
        Assert.Equal(definition.Disks.Select(disk => disk.Serial).OfType<string>(), Devices(arguments).Select(device => device["serial"]?.ToString()).OfType<string>());
        Assert.Equal(definition.Kernel, After("-kernel"));
        Assert.Equal(definition.Cmdline, After("-append"));
        Assert.Equal(files.PidFile, After("-pidfile"));
        Assert.All(
            AsQemuReads.Of("-chardev", arguments).SelectMany(chardev => new[] { chardev["path"], chardev["logfile"] }).OfType<JsonNode>(),
            path => Assert.Equal(files.Directory, Path.GetDirectoryName(path.ToString())));

        string? After(string option) => arguments.Zip(arguments.Skip(1)).Where(pair => pair.First == option).Select(pair => pair.Second).SingleOrDefault();
    }));

    [Fact]
    public void No_argument_is_empty_but_an_empty_command_line_of_the_kernel() => Check.One(Texts.Cases(200), Prop.ForAll(Plans.ToArbitrary(), plan =>
    {
        var arguments = QemuCommandLine.Build(plan);
        Assert.All(arguments.Index(), one => Assert.True(one.Item.Length > 0 || arguments[one.Index - 1] == "-append"));
        Assert.DoesNotContain(arguments, argument => argument.Contains('\0'));
    }));

    [Fact]
    public void What_a_person_appends_comes_last_as_it_is() => Check.One(Texts.Cases(100), Prop.ForAll(ValidDefinitions.Any.ToArbitrary(), definition =>
        QemuCommandLine.Build(PlanOf(definition, "/run/x", kvm: false)).SequenceEqual(
            [.. QemuCommandLine.Build(PlanOf(definition with { QemuArgs = [] }, "/run/x", kvm: false)), .. definition.QemuArgs])));

    [Fact]
    public void Every_id_is_given_once() => Check.One(Texts.Cases(200), Prop.ForAll(Plans.ToArbitrary(), plan =>
    {
        var arguments = QemuCommandLine.Build(plan);
        foreach (var option in new[] { "-device", "-object", "-netdev", "-chardev" })
            Once(AsQemuReads.Of(option, arguments).Select(one => one["id"]?.ToString()).OfType<string>());
        Once(AsQemuReads.Of("-blockdev", arguments).Select(one => one["node-name"]!.ToString()));
        Once(Devices(arguments).Select(one => one["bootindex"]?.ToString()).OfType<string>());
    }));

    [Fact]
    public void Every_place_on_the_pci_bus_is_given_once_and_kept_when_disks_and_interfaces_are_added() => Check.One(Texts.Cases(200), Prop.ForAll(
        Plans.ToArbitrary(),
        OneMore.ToArbitrary(),
        (plan, disk) =>
        {
            var before = Places(plan);
            Once(before.Values.Select(place => place.Contains('.') ? place : place + ".0"));

            // Whoever is told without a function is alone in its slot.
            Once(before.Values.Select(place => place.Split('.')[0]).Where(slot => before.ContainsValue(slot)));
            Assert.All(before.Values, place => Assert.False(place.Contains('.') && before.ContainsValue(place.Split('.')[0])));
            var definition = plan.Definition;
            if (definition.Disks.Count < 24 && definition.Disks.Count(one => one.Bus == DiskBus.Sata) < 6)
                Keeps(before, definition with { Disks = definition.Disks.Add(disk) });
            if (definition.Nics.Count < 26)
                Keeps(before, definition with { Nics = definition.Nics.Add(new() { Mac = "52:54:00:ff:ff:ff" }) });
            Keeps(before, definition with { Agent = true, Balloon = true, Rng = true, Watchdog = Watchdog.Pause });
        }));

    private static void Keeps(Dictionary<string, string> before, VmDefinition changed)
    {
        var after = Places(PlanOf(changed, "/run/x", kvm: false));
        Assert.All(before, one => Assert.Equal(one.Value, after[one.Key]));
    }

    private static Dictionary<string, string> Places(LaunchPlan plan) => Devices(QemuCommandLine.Build(plan))
        .Where(device => device.ContainsKey("addr")).ToDictionary(device => device["id"]!.ToString(), device => device["addr"]!.ToString());

    private static IEnumerable<JsonObject> Devices(IReadOnlyList<string> arguments) => AsQemuReads.Of("-device", arguments);

    private static void Once(IEnumerable<string> names) => Assert.Empty(names.GroupBy(name => name).Where(same => same.Count() > 1).Select(same => same.Key));

    private static LaunchPlan PlanOf(VmDefinition definition, string run, bool kvm) => new("node", definition, new(run), kvm)
    {
        Uefi = definition.Firmware == Firmware.Uefi ? new("/code,1.fd", "/variables=1.fd") : null,
        BackEnds = BackEnds.None with
        {
            Networks = definition.Nics.Index().ToDictionary(
                nic => string.Create(CultureInfo.InvariantCulture, $"net{nic.Index}"), _ => new JsonObject { ["type"] = "tap", ["ifname"] = "t" }),
        },
    };
}
