using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Text;

namespace VmSupervisor.Contracts.Tests;

public sealed class TextTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("60s", 60_000)]
    [InlineData(" 1.5 minutes ", 90_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("0s", 0)]
    public void A_duration_is_a_number_and_a_unit(string text, double milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("60")]
    [InlineData("-1s")]
    [InlineData("1 fortnight")]
    [InlineData("s")]
    [InlineData("")]
    [InlineData("1..5s")]
    [InlineData("0.01us")]
    [InlineData("99999999999999d")]
    [InlineData(null)]
    public void What_is_not_a_duration_is_not_read_as_one(string? text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(600_000_000L, "60s")]
    [InlineData(5_000_000L, "500ms")]
    [InlineData(15L, "1.5us")]
    [InlineData(0L, "0s")]
    public void A_duration_is_written_so_that_it_reads_back(long ticks, string text)
    {
        Assert.Equal(text, Duration.Format(TimeSpan.FromTicks(ticks)));
        Assert.True(Duration.TryParse(text, out var read));
        Assert.Equal(ticks, read.Ticks);
    }

    [Theory]
    [InlineData("1048576", 1L << 20)]
    [InlineData("512 MiB", 512L << 20)]
    [InlineData("512M", 512L << 20)]
    [InlineData("1.5 GiB", 3L << 29)]
    [InlineData("10 MB", 10_000_000L)]
    [InlineData("4k", 4096L)]
    public void A_size_is_bytes_or_a_number_and_a_unit(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("512 mib")]
    [InlineData("-1M")]
    [InlineData("0.3")]
    [InlineData("9999999 TiB")]
    [InlineData("lots")]
    public void What_is_not_a_size_is_not_read_as_one(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(512L << 20, "512 MiB")]
    [InlineData(1025L, "1025 bytes")]
    [InlineData(0L, "0 bytes")]
    public void A_size_is_written_exactly(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Fact]
    public void Members_of_enumerations_have_kebab_case_names()
    {
        Assert.Equal(["never", "on-crash", "always"], EnumNames<RestartPolicy>.All);
        Assert.Equal(["qcow2", "raw"], EnumNames<DiskFormat>.All);
        Assert.False(EnumNames<RestartPolicy>.TryParse("OnCrash", out _));
    }

    [Theory]
    [InlineData("memroy", "memory")]
    [InlineData("shutdownTimeout", "shutdown-timeout")]
    [InlineData("on_panic", "on-panic")]
    [InlineData("colour", null)]
    public void The_nearest_name_is_found_when_one_is_near(string name, string? nearest) =>
        Assert.Equal(nearest, NearestName.Find(name, ["memory", "cpus", "shutdown-timeout", "on-panic", "name"]));

    [Fact]
    public void Directories_are_those_of_root_or_of_xdg()
    {
        Assert.Equal(("/var/lib/vmsup", "/run/vmsup/vmsupd.sock"), Of(true, new() { ["XDG_RUNTIME_DIR"] = "/run/user/0" }));
        Assert.Equal(("/s/vmsup", "/run/user/7/vmsup/vmsupd.sock"), Of(false, new() { ["XDG_RUNTIME_DIR"] = "/run/user/7", ["XDG_STATE_HOME"] = "/s" }));
        Assert.Equal(("/h/.local/state/vmsup", "/h/.local/state/vmsup/run/vmsupd.sock"), Of(false, new() { ["HOME"] = "/h", ["XDG_RUNTIME_DIR"] = "relative" }));

        static (string State, string Socket) Of(bool isRoot, Dictionary<string, string> environment)
        {
            var directories = NodeDirectories.Default(isRoot, environment.GetValueOrDefault);
            return (directories.State, directories.Socket);
        }
    }
}
