using Microsoft.Extensions.DependencyInjection;
using Serilog.Events;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.Contracts;
using VmSupervisor.Daemon.Configuration;
using VmSupervisor.Daemon.Hosting;
using VmSupervisor.Hosting;
using VmSupervisor.Journal.Sqlite;
using VmSupervisor.Migration.Connections;
using VmSupervisor.Supervisor.Daemon.Tests.Support;

namespace VmSupervisor.Supervisor.Daemon.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void Without_a_file_everything_has_its_default()
    {
        var options = Config.Read();

        Assert.Equal("h1", options.Node);
        Assert.Equal(("/var/lib/vmsup", "/run/vmsup"), (options.StateDirectory, options.RunDirectory));
        Assert.Equal(new SocketOptions("/run/vmsup/vmsupd.sock", null), options.Socket);
        Assert.Equal(new LogOptions(LogEventLevel.Information, LogFormat.Auto, null, 64 << 20, 5), options.Log);
        Assert.Equal(new HookOptions(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(2)), options.Hooks);
        Assert.Equal(new StopOptions(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5)), options.Stop);
        Assert.Equal(new ActorOptions(30, 50, TimeSpan.FromSeconds(30)), options.Actors);
        Assert.Equal(new HttpOptions(null, 1000, 200, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), 1 << 20, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30)), options.Http);
    }

    [Fact]
    public void The_group_in_which_limited_vms_have_theirs_is_what_fits_the_host_or_a_path()
    {
        Assert.Null(Config.Read().Cgroup.Parent);
        Assert.Equal("/machine.slice", Config.Read("--set", "vmsup.cgroup.parent=/machine.slice").Cgroup.Parent);
    }

    [Fact]
    public void The_journals_defaults_are_those_of_its_library()
    {
        var options = Config.Read();

        Assert.Equal(new SqliteJournalOptions { Path = "/var/lib/vmsup/journal.db" }, options.Journal);
        Assert.Equal(new BatchingOptions(), options.Journal.Batching);
    }

    [Fact]
    public void The_supervisors_defaults_are_those_of_its_library()
    {
        var services = new ServiceCollection();

        SupervisorServices.Add(services, Config.Read());

        var options = Assert.Single(services, service => service.ServiceType == typeof(VmSupervisorOptions)).ImplementationInstance;
        Assert.Equal(new VmSupervisorOptions { Node = "h1", StateDirectory = "/var/lib/vmsup", RunDirectory = "/run/vmsup" }, options);
    }

    [Fact]
    public void Every_setting_of_the_reference_says_what_it_is_for()
    {
        var lines = ConfigurationSources.Reference().Text.Split('\n').Select(line => line.Trim()).ToList();

        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Contains('=') && !lines[i].StartsWith('#'))
                Assert.True(lines[i - 1].StartsWith('#'), $"{lines[i]} has no comment");
        }
    }

    [Fact]
    public void Users_other_than_root_have_the_directories_of_xdg()
    {
        var reader = new ConfigurationReader(isRoot: false, name => name == "XDG_RUNTIME_DIR" ? "/run/user/1000" : "/home/x", "h1");

        var options = reader.Read(ConfigurationSources.Read(new(null, [], [])));

        Assert.Equal(NodeDirectories.Default(false, name => name == "XDG_RUNTIME_DIR" ? "/run/user/1000" : "/home/x"),
            new NodeDirectories(options.StateDirectory, options.RunDirectory));
        Assert.Equal("/run/user/1000/vmsup/vmsupd.sock", options.Socket.Path);
    }

    [Fact]
    public void The_file_overrides_the_reference_then_set_then_the_flags()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("vmsupd.conf", """
            vmsup { node = from-file, hooks.timeout = 1s, stop.quit-timeout = 1s, run-dir = /run/from-file }
            """);

        var options = Config.Read(
            "--config", file, "--set", "vmsup.hooks.timeout=2s", "--set", "vmsup.hooks.timeout=3s", "--set", "vmsup.node=from-set", "--node", "from-flag");

        Assert.Equal("from-flag", options.Node);
        Assert.Equal(TimeSpan.FromSeconds(3), options.Hooks.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(1), options.Stop.Quit);
        Assert.Equal("/run/from-file/vmsupd.sock", options.Socket.Path);
    }

    [Fact]
    public void Peers_are_named_beside_vmsup_or_within_it_and_the_nodes_own_name_is_passed_over()
    {
        var peers = Config.Read(
            "--set", "nodes.b=unix:/run/b/vmsupd.sock", "--set", "vmsup.nodes.c=unix:/run/c/vmsupd.sock", "--set", "nodes.h1=https://h1:8006").Peers;

        Assert.Equal(["b unix:/run/b/vmsupd.sock", "c unix:/run/c/vmsupd.sock"], peers.Nodes.Select(node => $"{node.Key} {node.Value}").Order());
    }

    [Fact]
    public void The_peers_defaults_are_those_of_the_library()
    {
        var settings = PeerServices.OptionsOf(Config.Read()).Settings;

        Assert.Equal(new PeerSettings { Node = "h1", Run = settings.Run, Version = settings.Version, Seed = settings.Seed }, settings);
    }

    [Theory]
    [InlineData("vmsup.hooks.timeout=1500", 1500)]
    [InlineData("vmsup.hooks.timeout=1500ms", 1500)]
    [InlineData("vmsup.hooks.timeout= 1.5 s ", 1500)]
    [InlineData("vmsup.hooks.timeout=\"2 minutes\"", 120_000)]
    [InlineData("vmsup.hooks={ timeout = 3s }", 3000)]
    [InlineData("vmsup.hooks.timeout=1h", 3_600_000)]
    public void Set_converts_to_a_duration(string setting, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Config.Read("--set", setting).Hooks.Timeout);

    [Theory]
    [InlineData("vmsup.http.max-request-body=2 MiB", 2 << 20)]
    [InlineData("vmsup.http.max-request-body=2MB", 2_000_000)]
    [InlineData("vmsup.http.max-request-body=4096", 4096)]
    public void Set_converts_to_a_size(string setting, long bytes) =>
        Assert.Equal(bytes, Config.Read("--set", setting).Http.MaxRequestBody);

    [Theory]
    [InlineData("vmsup.actors.throughput=7")]
    [InlineData("vmsup.actors.throughput=\"7\"")]
    [InlineData("vmsup.actors={throughput=7}")]
    public void Set_converts_to_a_number(string setting) => Assert.Equal(7, Config.Read("--set", setting).Actors.Throughput);

    [Fact]
    public void Everything_after_the_first_equals_sign_is_plain_text()
    {
        Assert.Equal("/a=b # ${c} // d", Config.Read("--set", "vmsup.socket.path=/a=b # ${c} // d").Socket.Path);
        Assert.Equal("7", Config.Read("--set", "vmsup.node=7").Node);
    }

    [Fact]
    public void Directories_on_the_command_line_are_relative_to_where_it_is_typed()
    {
        // Not below where this runs: that may be too deep for sockets.
        var there = Path.GetRelativePath(Environment.CurrentDirectory, "/tmp/[there]");
        var options = Config.Read("--state-dir", "here", "--run-dir", there);

        Assert.Equal(Path.GetFullPath("here"), options.StateDirectory);
        Assert.Equal("/tmp/[there]", options.RunDirectory);
    }

    [Fact]
    public void Nobody_has_a_role_unless_told_and_nothing_listens()
    {
        var options = Config.Read();

        Assert.Equal(new AccessOptions([], [], [], false), options.Access);
        Assert.Null(options.Http.Listen);
        Assert.False(options.Qemu.Sandbox);
        Assert.True(Config.Read("--set", "vmsup.qemu.sandbox=on").Qemu.Sandbox);
    }

    [Fact]
    public void Roots_and_bridges_are_for_operators_who_define()
    {
        var access = Config.Read("--set", """vmsup.access={ roots = [/images, /backup], bridges = [br0], operators-define = true }""").Access;

        Assert.Equal(new AccessOptions([], ["/images", "/backup"], ["br0"], true), access);
        Assert.Contains("allowed are absolute paths", Config.Faults("--set", "vmsup.access.roots=[images]"));
        Assert.Contains("allowed are absolute paths", Config.Faults("--set", "vmsup.access.roots=[/images/../etc]"));
    }

    [Fact]
    public void Clients_are_listened_to_with_certificates_only() =>
        Assert.Contains("which needs vmsup.tls.ca", Config.Faults("--set", "vmsup.http.listen=10.0.0.1:8007"));

    [Fact]
    public void Users_groups_and_certificates_have_roles_and_may_be_limited_to_some_vms()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("vmsupd.conf", """
            vmsup.access {
              viewers = ["user:nobody"]
              operators = ["group:4321", "certificate:web: 1"]
              admins = ["user:0"]
              limits { "group:4321" = [104, 105] }
            }
            """);

        Assert.Equal(
            [
                new(new Principal.User(65534), new Grant(Role.Viewer)),
                new(new Principal.Group(4321), new Grant(Role.Operator, [new(104), new(105)])),
                new(new Principal.Certificate("web: 1"), new Grant(Role.Operator)),
                new(new Principal.User(0), new Grant(Role.Admin)),
            ],
            Config.Read("--config", file).Access.Rules);
    }

    [Theory]
    [InlineData("""vmsup.access.viewers=["alice"]""", "found \"alice\"; allowed are \"user:NAME\"")]
    [InlineData("""vmsup.access.viewers=["user:"]""", "found \"user:\"; allowed are")]
    [InlineData("""vmsup.access.admins=["user:no such user"]""", "which is no user of this host")]
    [InlineData("""vmsup.access.admins=["group:no such group"]""", "which is no group of this host")]
    [InlineData("""vmsup.access.limits={ "user:0" = [1] }""", "who has no role")]
    [InlineData("""vmsup.access={ admins = ["user:0"], limits { "user:0" = [web-1] } }""", "allowed are numbers of VMs")]
    [InlineData("""vmsup.access.owners=["user:0"]""", "owners")]
    public void A_role_for_whom_nobody_knows_is_a_fault(string setting, string expected) => Assert.Contains(expected, Config.Faults("--set", setting));

    [Theory]
    [InlineData("0", 0u)]
    [InlineData("root", 0u)]
    [InlineData("4321", 4321u)]
    public void The_group_is_a_name_or_a_number(string group, uint id) =>
        Assert.Equal(id, Config.Read("--set", "vmsup.socket.group=" + group).Socket.Group);
}
