using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Arbitraries;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Contracts.Tests;

public sealed class DefinitionDiffPropertyTests
{
    // Mostly near: a definition and the same with a part of another.
    private static readonly Gen<(VmDefinition One, VmDefinition Other)> Pairs =
        from one in ValidDefinitions.Any
        from other in ValidDefinitions.Any
        from near in Gen.Choose(0, 4)
        select (one, near switch
        {
            0 => other,
            1 => one with { Disks = other.Disks, Boot = [] },
            2 => one with { Nics = other.Nics },
            3 => one with { Hooks = other.Hooks, Topology = other.Topology },
            _ => one with { QemuArgs = other.QemuArgs },
        });

    [Fact]
    public void Nothing_differs_from_itself() => Check.One(Texts.Cases(100), Prop.ForAll(ValidDefinitions.Any.ToArbitrary(), definition =>
        DefinitionDiff.Between(definition, DefinitionReader.Read(JsonElement.Parse(DefinitionWriter.ToJson(definition))).Definition!).Count == 0));

    [Fact]
    public void What_differs_one_way_differs_the_other_way_and_something_does_when_they_are_not_equal() => Check.One(Texts.Cases(200), Prop.ForAll(Pairs.ToArbitrary(), pair =>
    {
        var there = DefinitionDiff.Between(pair.One, pair.Other);
        var back = DefinitionDiff.Between(pair.Other, pair.One);
        Assert.Equal(there.Select(change => (change.Key, change.Running, change.Next)).Order(), back.Select(change => (change.Key, change.Next, change.Running)).Order());
        Assert.Equal(pair.One == pair.Other, there.Count == 0);
        Assert.Equal(there.Count, there.Select(change => change.Key).Distinct().Count());
        Assert.All(there, change => Assert.NotEqual(change.Running, change.Next));
    }));
}
