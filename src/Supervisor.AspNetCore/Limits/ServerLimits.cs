using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace VmSupervisor.AspNetCore.Limits;

/// <summary>What the server takes of a connection before any of our code sees it.</summary>
internal static class ServerLimits
{
    /// <summary>A name of 63 characters, a few parameters, and room.</summary>
    private const int LongestRequestLine = 8 * 1024;

    /// <summary>A token has 88 characters; browsers and proxies send kilobytes.</summary>
    private const int LargestHeaders = 16 * 1024;

    private const int MostHeaders = 64;

    // What is sent more slowly than this is not sent by a program that means it (Kestrel's own default).
    private const double LeastBytesPerSecond = 240;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static void Apply(KestrelServerLimits limits, TimeSpan headersTimeout, long largestBody)
    {
        limits.RequestHeadersTimeout = headersTimeout;
        limits.MaxRequestLineSize = LongestRequestLine;
        limits.MaxRequestHeadersTotalSize = LargestHeaders;
        limits.MaxRequestHeaderCount = MostHeaders;
        limits.MaxRequestBodySize = largestBody;
        limits.MinRequestBodyDataRate = new MinDataRate(LeastBytesPerSecond, Grace);
        limits.MinResponseDataRate = new MinDataRate(LeastBytesPerSecond, Grace);
    }
}
