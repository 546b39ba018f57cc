using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.EndToEnd.Tests;

/// <summary>Guests that go from QEMU to QEMU, encrypted with the nodes' certificates.</summary>
[Trait("Category", "Qemu")]
public sealed class MigrationTlsTests
{
    [Fact(Timeout = Limits.Test)]
    public async Task A_guest_and_its_disk_go_encrypted_and_come_back()
    {
        using var tls = new TlsNodes();
        await Node.OfTwoAsync(
            async (a, b) =>
            {
                var (here, there) = (a.In("here.raw"), b.In("there.raw"));
                await using (var image = File.Create(here))
                    image.SetLength(1 << 20);
                await a.DefineAsync(Definitions.Nano(1) with { Disks = [new() { Path = here, Format = Contracts.Definitions.DiskFormat.Raw }] });
                await a.StartAsync(1);
                await a.SerialOf(1, 1).BeatsOnAsync();
                var before = a.SerialOf(1, 1).Beats()[^1];

                (await a.CliAsync("migrate", "1", b.Name, "--transport", "direct", "--with-storage", "--disk", $"{here}={there}")).Expect(0);

                var address = (await a.HistoryAsync(1)).The("migration-prepared", 1).Data["address"].Split(' ');
                Assert.Equal(2, address.Count(at => at.StartsWith("tls:127.84.7.1:", StringComparison.Ordinal)));
                await b.SerialOf(1, 2).BeatsOnAsync();
                Assert.True(b.SerialOf(1, 2).Beats()[0] > before);
                Assert.Equal((false, true), (File.Exists(here), File.Exists(there)));
                Assert.Equal(b.Name, (await a.ShowAsync(1)).Home);

                (await b.CliAsync("migrate", "1", a.Name, "--transport", "direct", "--shared")).Expect(0);
                Assert.StartsWith("tls:", (await b.HistoryAsync(1)).The("migration-prepared", 2).Data["address"], StringComparison.Ordinal);
                await a.SerialOf(1, 3).BeatsOnAsync();
            },
            (own, other) => tls.Settings(own, other));
    }

    [Fact(Timeout = Limits.Test)]
    public async Task One_that_cannot_encrypt_sends_nothing_to_one_that_does()
    {
        using var tls = new TlsNodes();
        Node? first = null;
        await Node.OfTwoAsync(
            async (a, b) =>
            {
                await a.DefineAsync(Definitions.Nano(1));
                await a.StartAsync(1);
                var refused = (await a.CliAsync("migrate", "1", b.Name, "--transport", "direct")).Expect(1);
                Assert.Contains($"node {b.Name} takes guests encrypted only, and this node does not encrypt", refused.Errors);
                await a.SerialOf(1, 1).BeatsOnAsync();
                (await a.CliAsync("migrate", "1", b.Name, "--transport", "tunnel")).Expect(0);
                await b.SerialOf(1, 3).BeatsOnAsync();
            },
            (own, other) => own == (first ??= own) ? [.. tls.Settings(own, other), "vmsup.migration.encrypt=never"] : tls.Settings(own, other));
    }
}
