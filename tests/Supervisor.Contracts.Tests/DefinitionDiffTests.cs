using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Contracts.Tests;

public sealed class DefinitionDiffTests
{
    private static readonly VmDefinition Before = new() { Id = new VmId(1), Name = "a", Memory = 1 << 20, Disks = [new() { Path = "/a" }], Hooks = ["/h"] };

    [Fact]
    public void Nothing_differs_between_equal_definitions() => Assert.Empty(DefinitionDiff.Between(Before, Before with { Hooks = ["/h"] }));

    [Fact]
    public void What_differs_is_named_key_by_key_with_what_was_and_what_comes() => Assert.Equal(
        [
            new("vm.memory", "1048576", "2097152"),
            new("vm.disks[0].path", "/a", "/b"),
            new("vm.disks[0].serial", null, "S"),
            new("vm.rng", "true", "false"),
            new("vm.hooks[0]", "/h", null),
        ],
        DefinitionDiff.Between(Before, Before with { Memory = 2 << 20, Disks = [new() { Path = "/b", Serial = "S" }], Rng = false, Hooks = [] }));

    [Fact]
    public void An_object_that_comes_is_named_by_its_parts() => Assert.Equal(
        [new("vm.cpus", "1", "2"), new("vm.topology.sockets", null, "1"), new("vm.topology.dies", null, "1"), new("vm.topology.cores", null, "2"), new("vm.topology.threads", null, "1")],
        DefinitionDiff.Between(Before, Before with { Cpus = 2, Topology = new(Cores: 2) }));
}
