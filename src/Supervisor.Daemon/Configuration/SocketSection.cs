using System.Globalization;
using System.Text;
using VmSupervisor.AspNetCore;
using VmSupervisor.Contracts;
using VmSupervisor.Hocon;
using VmSupervisor.Linux;

namespace VmSupervisor.Daemon.Configuration;

/// <summary><c>vmsup.socket</c></summary>
internal static class SocketSection
{
    public static SocketOptions Read(HoconReader vmsup, string runDirectory)
    {
        var socket = Checked.Section(vmsup, "socket", "path", "group");
        var path = Checked.AbsolutePath(socket, "path", "auto");
        const int limit = VmSupervisorSocket.MaxPathBytes;
        if (path is not null && Encoding.UTF8.GetByteCount(path) is var bytes and > limit)
            socket.Fault("path", $"found a path of {bytes} bytes, {path}; allowed are at most {limit}, the kernel's limit");
        return new SocketOptions(path ?? NodeDirectories.SocketIn(runDirectory), Group(socket));
    }

    private static uint? Group(HoconReader socket)
    {
        var group = socket.String("group");
        if (string.IsNullOrEmpty(group))
            return null;
        if (uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return id;
        if (Accounts.GroupId(group) is { } known)
            return known;
        socket.Fault("group", $"found \"{group}\", which is no group of this host; allowed is a group's name or number, or \"\" for none");
        return null;
    }
}
