using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Linux;
using VmSupervisor.Resources;
using VmSupervisor.Resources.Storage;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Resources.Storage;

public sealed class SessionImageTests : IDisposable
{
    private readonly TempDirectory files = new();
    private readonly SessionImages images = new(TimeProvider.System, QemuFixture.Patience);

    private string Path => files["disk.img"];

    private string[] There => [.. Directory.GetFileSystemEntries(files.Path).Select(f => System.IO.Path.GetFileName(f)).Order()];

    [Theory]
    [InlineData(DiskFormat.Raw, 1 << 20)]
    [InlineData(DiskFormat.Qcow2, 4 << 16)]
    public async Task An_image_is_made_once_and_stays_when_it_is_kept(DiskFormat format, long length)
    {
        await DoneAsync(images.CreateAsync("one", New with { Format = format }, default));
        Assert.Equal(length, new FileInfo(Path).Length);

        // QEMU has written to it.
        File.AppendAllText(Path, "data");
        await DoneAsync(images.CreateAsync("one", New with { Format = format }, default));
        Assert.EndsWith("data", File.ReadAllText(Path));
        Assert.Equal(2, There.Length);
        for (var i = 0; i < 2; i++)
            await DoneAsync(images.KeepAsync("one", Path, default));
        await DoneAsync(images.RemoveAsync("one", Path, default));
        Assert.Equal(["disk.img"], There);
    }

    [Fact]
    public async Task What_a_session_has_made_it_removes_and_nothing_else()
    {
        await DoneAsync(images.CreateAsync("one", New, default));
        await DoneAsync(images.RemoveAsync("another", Path, default));
        Assert.Equal(2, There.Length);
        for (var i = 0; i < 2; i++)
            await DoneAsync(images.RemoveAsync("one", Path, default));
        Assert.Empty(There);

        // Somebody else's image is in its place.
        await DoneAsync(images.CreateAsync("one", New, default));
        File.Delete(Path);
        File.WriteAllText(Path, "mine");
        await DoneAsync(images.RemoveAsync("one", Path, default));
        Assert.Equal(["disk.img"], There);
        Assert.Equal("mine", File.ReadAllText(Path));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("directory")]
    [InlineData("dangling link")]
    [InlineData("another session's")]
    public async Task What_exists_is_refused_and_left_alone(string what)
    {
        if (what == "file")
            File.WriteAllText(Path, "mine");
        else if (what == "directory")
            Directory.CreateDirectory(Path);
        else if (what == "dangling link")
            File.CreateSymbolicLink(Path, files["nowhere"]);
        else
            await DoneAsync(images.CreateAsync("another", New, default));
        var before = There;
        Assert.Equal(
            new FileResult.Failed($"{Path} exists already; remove it, or give the disk another path (--disk SRC=DST)"),
            await images.CreateAsync("one", New, default));
        await DoneAsync(images.RemoveAsync("one", Path, default));
        Assert.Equal(before, There);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_supervisor_that_was_killed_before_the_image_had_its_name_leaves_what_the_next_one_makes_or_removes(bool again)
    {
        await DoneAsync(images.CreateAsync("one", New, default));
        File.Delete(Path);
        Assert.Single(There);
        if (again)
        {
            await DoneAsync(images.CreateAsync("one", New, default));
            Assert.Equal(1 << 20, new FileInfo(Path).Length);
        }

        await DoneAsync(images.RemoveAsync("one", Path, default));
        Assert.Empty(There);
    }

    [Fact]
    public async Task Where_no_image_can_be_made_nothing_is_left()
    {
        var nowhere = files["no/disk.img"];
        Assert.Equal(
            new FileResult.Failed($"{files["no"]} does not exist; make it, or give the disk another path (--disk SRC=DST)"),
            await images.CreateAsync("one", New with { Path = nowhere }, default));
        await DoneAsync(images.RemoveAsync("one", nowhere, default));
        Assert.IsType<FileResult.Failed>(await images.CreateAsync("one", new(Path, DiskFormat.Qcow2, long.MaxValue - (1L << 40)), default));
        Assert.Empty(There);
    }

    [Fact]
    public async Task An_image_that_has_moved_is_removed_and_a_link_or_a_device_is_not()
    {
        File.WriteAllText(Path, "old");
        File.CreateSymbolicLink(files["link"], Path);
        Assert.Contains("is a link to", Assert.IsType<FileResult.Failed>(await images.RemoveMovedAsync(files["link"], default)).Reason);
        Assert.IsType<FileResult.Failed>(await images.RemoveMovedAsync("/dev/null", default));
        Assert.IsType<FileResult.Failed>(await images.RemoveMovedAsync(files.Path, default));
        Assert.Equal(["disk.img", "link"], There);
        for (var i = 0; i < 2; i++)
            await DoneAsync(images.RemoveMovedAsync(Path, default));
        Assert.Equal(["link"], There);
        Assert.True(FileNumber.Of("/dev/null") is not null);
    }

    public void Dispose() => files.Dispose();

    private NewImage New => new(Path, DiskFormat.Raw, 1 << 20);

    private static async Task DoneAsync(Task<FileResult> call) => Assert.Equal(new FileResult.Done(), await call);
}
