using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

/// <summary>Short texts that ask for much: each ends in a fault, in little time and stack.</summary>
public sealed class BoundsTests
{
    private static string Lines(int count, Func<int, string> line) => string.Join('\n', Enumerable.Range(0, count).Select(line));

    [Fact]
    public void A_string_that_doubles_is_a_fault() =>
        Assert.Contains("larger than", Faults(() => Json("a0 = x\n" + Lines(60, i => $"a{i + 1} = ${{a{i}}}${{a{i}}}")))[0]);

    [Fact]
    public void An_array_that_doubles_is_a_fault() =>
        Assert.Contains("larger than", Faults(() => Json("a = [1]\n" + Lines(60, _ => "a = ${a}${a}")))[0]);

    [Fact]
    public void An_object_whose_parts_double_is_a_fault() =>
        Assert.Contains("larger than", Faults(() => Json("a0 = x\n" + Lines(60, i => $"a{i + 1} {{ l = ${{a{i}}}, r = ${{a{i}}} }}")))[0]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nesting_by_substitution_is_bounded_whatever_the_order(bool forwards)
    {
        var lines = Enumerable.Range(0, 5000).Select(i => $"a{i + 1} {{ x = ${{a{i}}} }}");
        Assert.Contains(
            Faults(() => Json("a0 = 1\n" + string.Join('\n', forwards ? lines : lines.Reverse()))),
            fault => fault.Contains("nested more than 200 deep"));
    }

    [Fact]
    public void A_very_long_chain_of_references_is_a_fault() =>
        Assert.Contains("chain of more than 1000 substitutions", Faults(() => Json(Lines(50_000, i => $"a{i} = ${{a{i + 1}}}") + "\na50000 = 1"))[0]);

    [Fact]
    public void References_in_all_directions_end()
    {
        // Every field refers to every field: whatever comes out, it comes out soon.
        var all = string.Concat(Enumerable.Range(0, 12).Select(i => $"${{?a{i}}}"));
        Assert.NotEqual("", Record.Exception(() => Json(Lines(12, i => $"a{i} = {all}x")))?.Message);
    }
}
