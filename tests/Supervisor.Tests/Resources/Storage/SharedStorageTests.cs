using VmSupervisor.Resources;
using VmSupervisor.Resources.Storage;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Resources.Storage;

public sealed class SharedStorageTests : IDisposable
{
    private readonly TempDirectory files = new();
    private readonly SharedStorage storage = new(TimeProvider.System, QemuFixture.Patience, Nonce.Draw);
    private readonly string here, there;

    public SharedStorageTests()
    {
        (here, there) = (Image("here"), Image("there"));
    }

    private string[] Left => [.. Directory.GetFiles(files.Path, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".raw", StringComparison.Ordinal))];

    [Fact]
    public async Task What_is_written_beside_an_image_is_seen_beside_it_and_beside_no_other()
    {
        var token = await WriteAsync(here);
        Assert.IsType<StorageSight.Shared>(await storage.SeesAsync(here, token, default));
        Assert.IsType<StorageSight.Apart>(await storage.SeesAsync(there, token, default));
        Assert.Equal(new StorageSight.Apart($"{files["no.raw"]} does not exist here"), await storage.SeesAsync(files["no.raw"], token, default));

        // Another image of the same directory is another one.
        File.WriteAllText(files["here/other.raw"], "");
        Assert.NotEqual(token, await WriteAsync(files["here/other.raw"]));
    }

    [Fact]
    public async Task Mounted_under_another_path_or_behind_a_link_it_is_the_same()
    {
        Directory.CreateSymbolicLink(files["mount"], files["here"]);
        Directory.CreateDirectory(files["links"]);
        File.CreateSymbolicLink(files["links/disk.raw"], here);
        var token = await WriteAsync(files["links/disk.raw"]);
        Assert.Single(Directory.GetFiles(files["here"], ".*"));
        Assert.Single(Directory.GetFiles(files["links"]));
        Assert.IsType<StorageSight.Shared>(await storage.SeesAsync(files["mount/disk.raw"], token, default));
    }

    [Fact]
    public async Task Written_again_it_is_the_same_and_removed_again_it_is_gone()
    {
        var token = await WriteAsync(here);
        Assert.Equal(token, await WriteAsync(here));
        Assert.NotEqual(token, await WriteAsync(here, "another"));

        // A supervisor was killed while it wrote.
        File.WriteAllText(Left.Single(f => f.Contains(token[..16])) + ".1-0.tmp", "");
        for (var i = 0; i < 2; i++)
            Assert.Equal(new FileResult.Done(), await storage.RemoveNonceAsync("one", here, default));
        Assert.IsType<StorageSight.Apart>(await storage.SeesAsync(here, token, default));
        Assert.Equal(new FileResult.Done(), await storage.RemoveNonceAsync("another", here, default));
        Assert.Empty(Left);
        Assert.Equal(new FileResult.Done(), await storage.RemoveNonceAsync("another", files["gone/disk.raw"], default));
    }

    [Fact]
    public async Task A_nonce_of_nobody_is_none()
    {
        var token = await WriteAsync(here);
        foreach (var wrong in (string[])["", "../../etc/passwd", token[..^1], token.ToUpperInvariant(), token[..16] + "-../../../../../../../../../../etc"])
            Assert.IsType<StorageSight.Unknown>(await storage.SeesAsync(here, wrong, default));
        Assert.IsType<StorageSight.Apart>(await storage.SeesAsync(here, token[..^4] + (token.EndsWith("0000", StringComparison.Ordinal) ? "1111" : "0000"), default));

        // Something else has its name.
        File.WriteAllText(Left.Single(), "x");
        Assert.IsType<StorageSight.Apart>(await storage.SeesAsync(here, token, default));
        Assert.IsType<NonceResult.Unknown>(await storage.WriteNonceAsync("one", here, default));
    }

    [Theory]
    [InlineData("/proc/version")]
    [InlineData("/dev/null")]
    [InlineData("/no/such/image")]
    public async Task What_cannot_be_written_beside_is_unknown(string image) =>
        Assert.IsType<NonceResult.Unknown>(await storage.WriteNonceAsync("one", image, default));

    [Fact]
    public async Task A_device_is_neither_shared_nor_apart() =>
        Assert.IsType<StorageSight.Unknown>(await storage.SeesAsync("/dev/null", await WriteAsync(here), default));

    [Fact]
    public async Task A_mount_that_does_not_answer_is_unknown_and_costs_one_thread()
    {
        var patient = new PatientFiles(TimeProvider.System, TimeSpan.FromMilliseconds(1));
        using var server = new ManualResetEventSlim();
        var calls = 0;
        Assert.Equal("/nfs/a did not answer within 0.001 s", await TryAsync("/nfs/a"));
        Assert.Equal("/nfs/a still does not answer", await TryAsync("/nfs/a"));
        server.Set();
        while (await TryAsync("/nfs/a") != "fine")
        {
            // The thread that was stuck is on its way.
        }

        Assert.Equal("no", await new PatientFiles(TimeProvider.System, QemuFixture.Patience).TryAsync("/a", () => throw new IOException("no"), e => e, default));
        Assert.True(calls >= 2);

        Task<string> TryAsync(string image) => patient.TryAsync(
            image,
            () =>
            {
                Interlocked.Increment(ref calls);
                server.Wait();
                return "fine";
            },
            reason => reason,
            default);
    }

    public void Dispose() => files.Dispose();

    private async Task<string> WriteAsync(string image, string session = "one") =>
        Assert.IsType<NonceResult.Written>(await storage.WriteNonceAsync(session, image, default)).Token;

    private string Image(string directory)
    {
        Directory.CreateDirectory(files[directory]);
        File.WriteAllText(files[$"{directory}/disk.raw"], "");
        return files[$"{directory}/disk.raw"];
    }
}
