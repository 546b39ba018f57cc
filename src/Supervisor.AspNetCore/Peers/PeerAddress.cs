using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace VmSupervisor.AspNetCore.Peers;

/// <summary>Where a peer is reached: <c>https://host:port</c> or <c>unix:/path</c>.</summary>
internal abstract record PeerAddress
{
    public const string Allowed = "\"https://host:port\" or \"unix:/path/vmsupd.sock\"";

    private const string UnixScheme = "unix:";

    private PeerAddress() { }

    public sealed record Unix(string Path) : PeerAddress
    {
        public override string ToString() => UnixScheme + Path;
    }

    public sealed record Tls(Uri Uri) : PeerAddress
    {
        public override string ToString() => Uri.GetLeftPart(UriPartial.Authority);
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out PeerAddress? address)
    {
        address = null;
        if (text.StartsWith(UnixScheme + "/", StringComparison.Ordinal))
        {
            var path = text[UnixScheme.Length..];
            if (!path.Contains('\0') && Encoding.UTF8.GetByteCount(path) <= VmSupervisorSocket.MaxPathBytes)
                address = new Unix(path);
        }
        else if (text.StartsWith("https://", StringComparison.Ordinal)
            && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "", Host.Length: > 0 }
            // The port must be said: there is no usual one, and 443 is hardly meant.
            && text.TrimEnd('/').EndsWith($":{uri.Port}", StringComparison.Ordinal))
        {
            address = new Tls(uri);
        }

        return address is not null;
    }
}
