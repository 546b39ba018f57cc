using VmSupervisor.Supervisor.Daemon.Tests.Support;

namespace VmSupervisor.Supervisor.Daemon.Tests;

public sealed class ConfigurationFaultTests
{
    [Fact]
    public void Every_fault_is_named_with_file_line_and_column()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("vmsupd.conf", """
            vmsup {
              node = "not a name"
              colour = blue
              state-dir = relative/path
              socket.group = no-such-group-here
              log { level = loud, format = 5, keep = 0 }
              hooks.timeout = 5 parsecs
              stop { quit-timeout = 0s, exit-warning = [] }
              journal.reserve = 16 QiB
              http = on
            }
            nodes { b = "https://b:1", c = "b:1", d = "unix:/run/d.sock" }
            vmsup.listen = "10.0.0.1"
            vmsup.tls.key = /k
            node.b = "https://b:1"
            """);

        var faults = Config.Faults("--config", file);

        Assert.Equal("""
            F:2:10: vmsup.node: found "not a name"; allowed is 1 to 63 letters, digits and . _ -, beginning with a letter or digit; or auto
            F:3:3: vmsup.colour: found an unknown key; allowed are node, state-dir, run-dir, socket, access, log, qemu, cgroup, hooks, stop, restart, boot-id, journal, actors, http, cluster, nodes, listen, tls, peers, migration
            F:4:15: vmsup.state-dir: found "relative/path"; allowed is an absolute path or auto
            F:5:18: vmsup.socket.group: found "no-such-group-here", which is no group of this host; allowed is a group's name or number, or "" for none
            F:6:17: vmsup.log.level: found string "loud"; allowed is trace, debug, info, warning, error
            F:6:32: vmsup.log.format: found number 5; allowed is auto, text, json
            F:6:42: vmsup.log.keep: found number 0; allowed is a whole number from 1 to 1000
            F:7:19: vmsup.hooks.timeout: found string "5 parsecs"; allowed is a number of milliseconds, or one with a unit: ns us ms s m h d, as in 500 ms or 30s
            F:8:25: vmsup.stop.quit-timeout: found 0 ms; allowed is more than 0
            F:8:44: vmsup.stop.exit-warning: found an array; allowed is a number of milliseconds, or one with a unit: ns us ms s m h d, as in 500 ms or 30s
            F:9:21: vmsup.journal.reserve: found string "16 QiB"; allowed is a number of bytes, or one with a unit: B kB MB GB TB KiB MiB GiB TiB, as in 512 MiB
            F:10:10: vmsup.http: found string "on"; allowed is an object: { … }
            F:12:13: nodes.b: found "https://b:1", which needs vmsup.tls.ca, certificate and key (vmsup node init-ca, vmsup node issue)
            F:12:32: nodes.c: found "b:1"; allowed is "https://host:port" or "unix:/path/vmsupd.sock"
            F:13:16: vmsup.listen: found "10.0.0.1"; allowed is an address with a port, as in "10.0.0.1:8006" or "[::]:8006", or "" for none
            F:14:17: vmsup.tls.key: found no ca, certificate; ca, certificate and key are needed together
            F:15:1: node: found an unknown key; allowed are vmsup, nodes
            """.Replace("F:", file + ":", StringComparison.Ordinal), faults);
    }

    [Theory]
    [InlineData("vmsup.colour=blue", "--set:1:1: vmsup.colour: found an unknown key")]
    [InlineData("vmsup.hooks.timeout=soon", "--set:1:21: vmsup.hooks.timeout: found string \"soon\"")]
    [InlineData("vmsup.hooks.timeout=50d", "--set:1:21: vmsup.hooks.timeout: found 50 days; allowed are at most 49")]
    [InlineData("vmsup.node", "--set:1:")]
    [InlineData("vmsup.qemu.executable=", "--set:1:23: vmsup.qemu.executable: found \"\"; allowed is an absolute path, or a name")]
    [InlineData("vmsup.cgroup.parent=/a/../b", "--set:1:21: vmsup.cgroup.parent: found \"/a/../b\"; allowed is a path from the hierarchy's root on, without .., ")]
    [InlineData("vmsup.qemu.executable=bin/qemu", "--set:1:23: vmsup.qemu.executable: found \"bin/qemu\"; allowed is an absolute path, or a name")]
    [InlineData("vmsup.socket.path=sock", "--set:1:19: vmsup.socket.path: found \"sock\"; allowed is an absolute path or auto")]
    public void A_fault_of_set_says_so(string setting, string expected) => Assert.StartsWith(expected, Config.Faults("--set", setting));

    [Fact]
    public void A_fault_of_a_flag_says_so() =>
        Assert.StartsWith("--node:1:12: vmsup.node: found \"a b\"; allowed is", Config.Faults("--node", "a b"));

    [Fact]
    public void A_path_that_is_too_long_for_sockets_is_refused()
    {
        Assert.StartsWith("--run-dir:1:15: vmsup.run-dir: found a path of 71 bytes", Config.Faults("--run-dir", PathOf(71)));
        Assert.StartsWith("--socket:1:19: vmsup.socket.path: found a path of 108 bytes", Config.Faults("--socket", PathOf(108)));
        Assert.Equal(70, Config.Read("--run-dir", PathOf(70)).RunDirectory.Length);
        Assert.Equal(107, Config.Read("--socket", PathOf(107)).Socket.Path.Length);

        static string PathOf(int bytes) => "/" + new string('x', bytes - 1);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_fault() =>
        Assert.StartsWith("/nonexistent/vmsupd.conf:1:1: the configuration file cannot be read: ", Config.Faults("--config", "/nonexistent/vmsupd.conf"));

    [Fact]
    public void A_syntax_error_is_a_fault_with_its_place()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("vmsupd.conf", "vmsup {\n  node = \"a\n}\n");

        Assert.StartsWith($"{file}:2:", Config.Faults("--config", file));
    }
}
