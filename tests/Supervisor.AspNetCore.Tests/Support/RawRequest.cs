using System.Text;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Support;

/// <summary>Bytes on a connection, as no client of ours would send them, and what comes back.</summary>
internal static class RawRequest
{
    public static ValueTask SayAsync(this Stream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>All that comes until the other side ends the connection, by whatever means.</summary>
    public static async Task<string> ReadToEndAsync(this Stream stream)
    {
        var all = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count)
                all.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // It was reset.
        }

        return all.ToString();
    }

    /// <summary>The statuses of all answers in a text.</summary>
    public static int[] Statuses(string text) =>
        [.. text.Split("HTTP/1.1 ").Skip(1).Select(answer => int.Parse(answer.AsSpan(0, 3)))];
}
