using System.Globalization;
using System.Text;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Http;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>Somebody at a console who remembers all that was sent.</summary>
internal sealed class Reader : IDisposable
{
    private readonly ConsoleConnection connection;
    private readonly byte[] buffer = new byte[16 * 1024];
    private readonly StringBuilder text = new();
    private readonly List<ConsoleNews> news = [];

    private Reader(ConsoleConnection connection) => this.connection = connection;

    public string Text => text.ToString();

    public ConsoleNews Attached => news.First(n => n.Kind == ConsoleNewsKind.Attached);

    public int Moves => news.Count(n => n.Kind == ConsoleNewsKind.Moved);

    public int Losses => news.Count(n => n.Kind == ConsoleNewsKind.Lost);

    public static async Task<Reader> AttachAsync(ConsoleConnection connection)
    {
        var reader = new Reader(connection);
        await reader.NewsAsync(ConsoleNewsKind.Attached);
        return reader;
    }

    public Task TypeAsync(string typed) => connection.SendAsync(Encoding.ASCII.GetBytes(typed));

    public Task SeesAsync(string wanted) => ReceiveAsync($"'{wanted}'", () => Tail(wanted.Length).Contains(wanted));

    public async Task<ConsoleNews> NewsAsync(ConsoleNewsKind kind)
    {
        await ReceiveAsync($"{kind}", () => news.Any(n => n.Kind == kind));
        return news.Last(n => n.Kind == kind);
    }

    public void AssertNoBeatIsMissing() => AssertNoBeatIsMissing(Text);

    public static void AssertNoBeatIsMissing(string text)
    {
        var beats = text[..(text.LastIndexOf('\n') + 1)].Split('\n').Where(l => l.StartsWith("HB ", StringComparison.Ordinal))
            .Select(l => int.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture)).ToArray();
        Assert.NotEmpty(beats);
        Assert.Equal(Enumerable.Range(1, beats.Length), beats);
    }

    public void Dispose() => connection.Dispose();

    private string Tail(int more)
    {
        var length = Math.Min(text.Length, buffer.Length + more);
        return text.ToString(text.Length - length, length);
    }

    private async Task ReceiveAsync(string what, Func<bool> seen)
    {
        using var limit = new CancellationTokenSource(Limits.Step);
        while (!seen())
        {
            try
            {
                switch (await connection.ReceiveAsync(buffer, limit.Token))
                {
                    case ConsoleFrame.Output(var count):
                        text.Append(Encoding.ASCII.GetString(buffer, 0, count));
                        break;
                    case ConsoleFrame.News(var one):
                        news.Add(one);
                        break;
                    case var other:
                        Assert.Fail($"{other} instead of {what}\n{Text}");
                        break;
                }
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"not within {Limits.Step.TotalSeconds} s: {what}\n{Text}");
            }
        }
    }
}
