using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Arbitraries;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Contracts.Tests;

/// <summary>Whatever is wrong with a definition is said, where it is, all of it at once.</summary>
public sealed class DefinitionFaultPropertyTests
{
    [Fact]
    public void Every_wrong_value_is_named_by_its_key_and_all_at_once() => Check.One(Texts.Cases(200), Prop.ForAll(DamagedDefinitions.Wrong.ToArbitrary(), damaged =>
    {
        var (definition, faults) = DefinitionReader.Read(JsonElement.Parse(damaged.Json));
        Assert.Null(definition);
        Assert.Empty(damaged.Keys.Except(faults.Select(fault => fault.Key)));
        Assert.All(faults, fault => Assert.DoesNotContain('\n', fault.ToString()));
    }));

    [Fact]
    public void Any_value_in_any_place_is_taken_or_named() => Check.One(Texts.Cases(500), Prop.ForAll(DamagedDefinitions.Any.ToArbitrary(), json =>
    {
        var (definition, faults) = DefinitionReader.Read(JsonElement.Parse(json));
        Assert.Equal(definition is null, faults.Count > 0);
        Assert.All(faults, fault => Assert.True(fault.Key.Length > 0 && fault.Found.Length > 0 && fault.Allowed.Length > 0, $"{fault}"));
        if (definition is not null)
            Assert.Equal(definition, DefinitionReader.Read(JsonElement.Parse(DefinitionWriter.ToJson(definition))).Definition);
    }));
}
