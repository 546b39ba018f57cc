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
        var told = Checked.AbsolutePath(socket, "path", "auto");
        var path = told ?? NodeDirectories.SocketIn(runDirectory);
        if (Encoding.UTF8.GetByteCount(path) is var bytes && bytes > VmSupervisorSocket.MaxPathBytes)
        {
            var (section, key) = told is null ? (vmsup, "run-dir") : (socket, "path");
            var limit = VmSupervisorSocket.MaxPathBytes;
            section.Fault(key, $"found a socket path of {bytes} bytes, {path}; allowed are at most {limit}, the kernel's limit");
        }

        return new SocketOptions(path, Group(socket));
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
