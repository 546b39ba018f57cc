using static VmSupervisor.Hocon.Tests.Reading;

namespace VmSupervisor.Hocon.Tests;

public sealed class EnvironmentTests
{
    [Fact]
    public void What_the_text_does_not_define_comes_from_the_environment_as_a_string()
    {
        var read = Read("a = ${N}\nb = ${?N}0\nc = ${?EMPTY}\nd = ${?NO}", With(("N", "42"), ("EMPTY", "")));
        Assert.Equal("""{"a":"42","b":"420","c":""}""", read.ToJson());
        Assert.Equal(42, read.GetInt64("a"));
        Assert.Equal("a.conf:1:5", read.OriginOf(HoconPath.Parse("a")).ToString());
    }

    [Fact]
    public void What_the_text_defines_hides_the_environment_also_when_it_is_null()
    {
        Assert.Equal("""{"HOME":null,"a":null}""", Json("HOME = null, a = ${HOME}", With(("HOME", "/root"))));
        Assert.Equal("""{"HOME":"x","a":"x"}""", Json("HOME = x, a = ${HOME}", With(("HOME", "/root"))));
    }

    [Fact]
    public void A_field_can_be_overridden_by_a_variable_of_its_own_name() =>
        Assert.Equal("""{"a":"1","b":2}""", Json("a = 0\na = ${?A}\nb = 2\nb = ${?B}", With(("A", "1"))));

    [Fact]
    public void A_self_reference_without_a_value_before_it_reaches_the_environment() =>
        Assert.Equal("""{"PATH":"/bin:/mine"}""", Json("PATH = ${PATH}\":/mine\"", With(("PATH", "/bin"))));

    [Fact]
    public void The_environment_is_looked_at_only_when_it_is_given()
    {
        Assert.Equal("{}", Json("a = ${?HOME}"));
        Assert.Contains("not defined;", Fault("a = ${HOME}"));
        Assert.Contains("not defined here nor in the environment;", Fault("a = ${NO}", With()));
    }

    [Fact]
    public void Brackets_collect_numbered_variables_into_a_list()
    {
        var environment = With(("L_0", "a"), ("L_1", "b"), ("L_3", "d"));
        Assert.Equal("""{"x":["a","b"],"y":[1,"a","b"]}""", Json("x = ${L[]}, y = [1] ${?L[]}, z = ${?M[]}", environment));
        Assert.Contains("not defined", Fault("x = ${M[]}", environment));
    }
}
