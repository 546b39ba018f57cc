using System.Net.Sockets;
using VmSupervisor.AspNetCore;
using VmSupervisor.AspNetCore.Sockets;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests;

public sealed class SocketFileTests
{
    [Fact]
    public async Task The_socket_has_its_mode_before_anybody_can_connect()
    {
        var directory = SupervisorHost.NewDirectory();
        var path = SupervisorHost.SocketIn(directory);

        using (var bound = SocketFile.Bind(path))
        {
            Assert.Equal((UnixFileMode)0b110_110_110, File.GetUnixFileMode(path));
            using var early = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            var refused = await Assert.ThrowsAsync<SocketException>(() => early.ConnectAsync(new UnixDomainSocketEndPoint(path)));
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task What_a_dead_supervisor_left_is_replaced()
    {
        var directory = SupervisorHost.NewDirectory();
        var path = SupervisorHost.SocketIn(directory);
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));
            dead.Listen();
            File.Move(path, path + ".kept");
        }

        File.Move(path + ".kept", path);
        await using (var host = await SupervisorHost.StartAsync(directory: directory))
            Assert.Equal(200, (await host.SendAsync("GET", "/healthz")).Status);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_live_one_is_left_alone()
    {
        await using var first = await SupervisorHost.StartAsync();

        var refused = await Assert.ThrowsAsync<SocketInUseException>(() => SupervisorHost.StartAsync(directory: first.Directory));

        Assert.Equal(first.Socket, refused.Path);
        Assert.Equal(200, (await first.SendAsync("GET", "/healthz")).Status);
    }

    [Fact]
    public async Task A_file_that_is_not_a_socket_is_never_removed()
    {
        var directory = SupervisorHost.NewDirectory();
        await File.WriteAllTextAsync(SupervisorHost.SocketIn(directory), "mine");

        await Assert.ThrowsAsync<IOException>(() => SupervisorHost.StartAsync(directory: directory));

        Assert.Equal("mine", await File.ReadAllTextAsync(SupervisorHost.SocketIn(directory)));
        Directory.Delete(directory, recursive: true);
    }
}
