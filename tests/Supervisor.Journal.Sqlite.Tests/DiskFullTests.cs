using VmSupervisor.Supervisor.Journal.Sqlite.Tests.Children;

namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests;

public sealed class DiskFullTests
{
    /// <summary>Needs user or mount namespaces (`unshare`): root has them, on Debian everybody.</summary>
    [Fact(Timeout = 120_000)]
    public async Task On_a_full_disk_only_what_must_not_be_lost_is_written_until_there_is_room_again()
    {
        using var directory = new TempDirectory();
        using var child = ChildProcess.StartProgram(
            "unshare", "--user", "--map-root-user", "--mount", ChildProcess.Executable, "child-full-disk", directory.Path);
        string[] expected =
        [
            "room: appended 1",
            "full, normal: rejected: disk full",
            "reserve file: 4194304",
            "full, reserve: appended 200",
            "reserve file: given back",
            "full, normal: rejected: disk full",
            "opened on a full disk, normal: rejected: disk full",
            "opened on a full disk, reserve: appended 10",
            "room again: appended 1",
            "reserve file: 4194304",
            "full before it was opened, reserve: appended 1",
            "without a gap: True",
        ];
        foreach (var line in expected)
            Assert.Equal(line, await child.ReadLineAsync());
        Assert.Equal("", await child.Output.ReadToEndAsync());
    }
}
