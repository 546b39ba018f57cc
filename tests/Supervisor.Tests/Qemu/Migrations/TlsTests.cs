using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Qemu;

namespace VmSupervisor.Supervisor.Tests.Qemu.Migrations;

/// <summary>Who may send a guest where it is encrypted.</summary>
[Trait("needs", "qemu")]
public sealed class TlsTests
{
    [Theory(Timeout = QemuFixture.Limit)]
    [InlineData("another-ca", "b")]
    [InlineData("ca", "c")]
    public async Task A_stranger_sends_nothing_and_a_stranger_is_sent_nothing(string authority, string expects)
    {
        using var files = new TlsFiles();
        await using var vm = new MigrationFixture { Options = new() { Tls = new(files.DirectoryOf("b"), null) } };
        await vm.RunAsync(new ListenPlace.Ports("127.0.0.1", 20000, 29999));
        var request = new MigrationRequest(vm.Address, new() { Tls = new(files.DirectoryOf("a", authority), expects) }, new());
        Assert.Equal(new MonitorResult.Done(), await vm.Outgoing.BeginAsync(vm.Source, request, default));
        Assert.IsType<MigrationStage.Failed>(await vm.FollowAsync());

        // Somebody who is nobody here has no part in it; one who turns away has ended what was his.
        if (authority != "ca")
            await vm.AssertTargetAsync(GuestState.Incoming);
        await vm.AssertSourceCountsOnAsync();
    }

    [Fact(Timeout = QemuFixture.Limit)]
    public async Task Files_that_are_not_there_are_named()
    {
        using var none = new TempDirectory();
        await using var vm = new MigrationFixture();
        await vm.RunAsync();
        var refused = Assert.IsType<MonitorResult.Failed>(
            await vm.Outgoing.BeginAsync(vm.Source, new(vm.Address, new() { Tls = new(none.Path, "b") }, new()), default));
        Assert.Contains(none.Path, refused.Reason, StringComparison.Ordinal);
    }
}
