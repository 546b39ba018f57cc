using VmSupervisor.Domain;
using VmSupervisor.Supervisor.Tests.Linux;

namespace VmSupervisor.Supervisor.Tests.Hooks;

/// <summary>Names that a shell would take for something else.</summary>
public sealed class HostileNameTests : IDisposable
{
    private readonly HookFixture hooks = new();

    public void Dispose() => hooks.Dispose();

    [Theory(Timeout = LinuxFixture.Limit)]
    [InlineData("$(touch PWNED)")]
    [InlineData("`touch PWNED`")]
    [InlineData("a; touch PWNED; #")]
    [InlineData("a' ; touch PWNED ; '")]
    [InlineData("a\" ; touch PWNED ; \"")]
    [InlineData("a & touch PWNED &")]
    [InlineData("a\ntouch PWNED")]
    [InlineData("-c")]
    [InlineData("A=B")]
    [InlineData("* ? [a-z] ~ ${HOME} \\")]
    public async Task A_hook_is_run_by_its_name_whatever_it_is(string name)
    {
        // Where hooks run, and so where it would appear.
        var marker = $"vmsup-test-{Environment.ProcessId}";
        var hook = hooks.Script("printf '%s' \"$0\"", name.Replace("PWNED", marker));

        var outcome = await hooks.Supervisor().RunAsync(hooks.Request(hook), CancellationToken.None);

        Assert.Equal(new HookOutcome(HookStatus.Succeeded, "", hook), outcome);
        Assert.False(File.Exists("/" + marker));
    }
}
