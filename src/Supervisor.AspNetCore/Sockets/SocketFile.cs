using System.Net.Sockets;

namespace VmSupervisor.AspNetCore.Sockets;

/// <summary>The file of a unix socket, from bind to listen.</summary>
internal static class SocketFile
{
    private const UnixFileMode Everybody =
        UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>
    /// Binds, replacing what a dead process left. Nobody can connect yet: until the caller listens, the kernel refuses,
    /// so the mode is right before it matters.
    /// </summary>
    public static Socket Bind(string path)
    {
        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, Everybody);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? new SocketInUseException(path)
                : new IOException($"cannot make the socket {path}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void RemoveStale(string path)
    {
        switch (FileKind.Of(path))
        {
            case FileKind.Kind.Missing:
                return;
            case FileKind.Kind.Other:
                throw new IOException($"cannot make the socket {path}: found a file there that is not a socket; remove it or choose another path");
            case FileKind.Kind.Socket when SomebodyListens(path):
                throw new SocketInUseException(path);
            case FileKind.Kind.Socket:
                File.Delete(path);
                return;
        }
    }

    private static bool SomebodyListens(string path)
    {
        // Never waits: a supervisor that hangs with a full backlog is still there, which the kernel tells by EAGAIN.
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }
}
