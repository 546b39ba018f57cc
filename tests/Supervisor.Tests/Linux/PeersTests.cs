using System.Net.Sockets;
using System.Text;
using VmSupervisor.Linux;

namespace VmSupervisor.Supervisor.Tests.Linux;

public sealed class PeersTests : IDisposable
{
    private readonly LinuxFixture linux = new();

    public void Dispose() => linux.Dispose();

    [Fact(Timeout = LinuxFixture.Limit)]
    public async Task The_other_end_of_a_unix_socket_is_known()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(linux.File("socket")));
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(linux.File("socket")));
        using var server = await listener.AcceptAsync();

        var peer = PeerCredentials.Of(server);

        Assert.Equal((Environment.ProcessId, Accounts.CurrentUser()), (peer.Pid, peer.UserId));
        Assert.True(peer.IsMember(peer.GroupId));
        Assert.False(peer.IsMember(4_000_000_000));
        Assert.Equal(Ids("Groups:"), peer.SupplementaryGroups.Order());
    }

    [Fact]
    public void A_socket_without_a_peer_has_no_credentials()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.Throws<SocketException>(() => PeerCredentials.Of(socket));
    }

    [Fact]
    public void Users_and_groups_have_names()
    {
        Assert.Equal(("root", (uint?)0), (Accounts.UserName(0), Accounts.UserId("root")));
        Assert.Equal(("root", (uint?)0), (Accounts.GroupName(0), Accounts.GroupId("root")));
        var daemon = File.ReadLines("/etc/group").Select(l => l.Split(':')).First(f => f[0] == "daemon");
        Assert.Equal(uint.Parse(daemon[2]), Accounts.GroupId("daemon"));
        Assert.Null(Accounts.UserName(3_999_999_999));
        Assert.Null(Accounts.GroupId("no-such-group"));
    }

    [Theory]
    [InlineData("path")]
    [InlineData("abstract")]
    public void The_service_manager_is_told(string kind)
    {
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = LinuxFixture.Limit };
        var name = linux.File("notify");
        manager.Bind(new UnixDomainSocketEndPoint(kind == "path" ? name : '\0' + name));

        Assert.True(new SdNotify(kind == "path" ? name : '@' + name).Ready("3 VMs\nrecovered"));

        var buffer = new byte[256];
        Assert.Equal("READY=1\nSTATUS=3 VMs recovered", Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vsock:2:1234")]
    [InlineData("/nowhere/notify")]
    public void Where_there_is_no_service_manager_nobody_is_told(string? address) => Assert.False(new SdNotify(address).Stopping());

    private static IEnumerable<uint> Ids(string field) => File.ReadLines("/proc/self/status")
        .Single(l => l.StartsWith(field, StringComparison.Ordinal))[field.Length..]
        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Select(uint.Parse)
        .Order();
}
