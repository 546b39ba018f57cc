using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace VmSupervisor.Linux;

/// <summary>Who is at the other end of a unix socket, as the kernel noted it when the connection was made.</summary>
/// <param name="Pid">The process that connected; it may be gone.</param>
/// <param name="UserId">Its effective user.</param>
/// <param name="GroupId">Its effective group.</param>
/// <param name="SupplementaryGroups">Its other groups.</param>
internal sealed record PeerCredentials(int Pid, uint UserId, uint GroupId, IReadOnlyList<uint> SupplementaryGroups)
{
    private const int SocketLevel = 1, PeerCredentialsOption = 17, PeerGroupsOption = 59;

    /// <summary>Reads them from a connected socket.</summary>
    /// <exception cref="SocketException">It is not a connected unix socket.</exception>
    public static PeerCredentials Of(Socket socket)
    {
        Span<int> credentials = stackalloc int[3];
        var size = socket.GetRawSocketOption(SocketLevel, PeerCredentialsOption, MemoryMarshal.AsBytes(credentials));

        // What is no unix socket has no peer: the kernel then answers pid 0 and "nobody" (-1).
        if (size != credentials.Length * sizeof(int) || credentials[1] == -1)
            throw new SocketException((int)SocketError.OperationNotSupported);
        return new PeerCredentials(credentials[0], (uint)credentials[1], (uint)credentials[2], Groups(socket));
    }

    /// <summary>Whether it is of a group, in whatever way.</summary>
    public bool IsMember(uint group) => GroupId == group || SupplementaryGroups.Contains(group);

    private static uint[] Groups(Socket socket)
    {
        // The kernel's limit (NGROUPS_MAX).
        var groups = new byte[65536 * sizeof(uint)];
        var size = socket.GetRawSocketOption(SocketLevel, PeerGroupsOption, groups);
        return MemoryMarshal.Cast<byte, uint>(groups.AsSpan(0, size)).ToArray();
    }
}
