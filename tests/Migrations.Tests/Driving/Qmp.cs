using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>What QEMU itself says, at its second monitor and past every supervisor.</summary>
internal static class Qmp
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The answer to a command; null when nobody answers.</summary>
    /// <param name="runDirectory">Of the process's life.</param>
    /// <param name="command">Its name.</param>
    public static async Task<JsonNode?> AskAsync(string runDirectory, string command)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(runDirectory, "monitor.sock")), limit.Token);
            using var reader = new StreamReader(new NetworkStream(socket));
            await using var writer = new StreamWriter(new NetworkStream(socket)) { AutoFlush = true };
            await reader.ReadLineAsync(limit.Token);
            JsonNode? answer = null;
            foreach (var one in new[] { "qmp_capabilities", command })
            {
                await writer.WriteAsync($"{{\"execute\": \"{one}\"}}\n");
                do
                {
                    answer = JsonNode.Parse(await reader.ReadLineAsync(limit.Token) ?? throw new IOException("QEMU closed its monitor"));
                }
                while (answer?["return"] is null);
            }

            return answer!["return"];
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    public static async Task<string?> MigrationStatusAsync(string runDirectory) => (string?)(await AskAsync(runDirectory, "query-migrate"))?["status"];

    public static async Task<string?> StatusAsync(string runDirectory) => (string?)(await AskAsync(runDirectory, "query-status"))?["status"];
}
