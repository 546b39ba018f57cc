using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Monitors;

/// <summary>One run of the monitor: gives commands one after the other and prints what comes back.</summary>
internal sealed class MonitorRun(Session session, string vm, bool qmp)
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(OneLine) { WriteIndented = true };

    private readonly Channel<MonitorNews> answers = Channel.CreateUnbounded<MonitorNews>();
    private readonly Terminal terminal = session.Terminal;
    private Problem? end;

    /// <summary>Gives every command of a script; fails when one was not done, after all were given.</summary>
    public Task RunAsync(IAsyncEnumerable<string> commands, CancellationToken cancellationToken) => ConnectedAsync(
        async (connection, over) =>
        {
            var failed = new List<string>();
            await foreach (var command in commands.WithCancellation(over).ConfigureAwait(false))
            {
                var answer = await AskAsync(connection, command, over).ConfigureAwait(false);
                if (!answer.Failed || session.IsJson)
                    Print(answer);
                if (answer.Failed)
                    failed.Add($"vm {vm}: {WhyNot(answer)}");
            }

            foreach (var one in failed.SkipLast(1))
                terminal.Error.WriteLine($"vmsup: {one}");
            if (failed is [.., var last])
                throw new VmsupException(new Problem(ProblemKind.Failed, last));
        },
        events: false,
        cancellationToken);

    /// <summary>Talks with a person until they leave or the incarnation ends.</summary>
    public Task TalkAsync(CancellationToken cancellationToken) => ConnectedAsync(
        async (connection, over) =>
        {
            using var lines = new TypedLines(terminal);
            terminal.Out.WriteLine($"Monitor of {vm}{(qmp ? " (QMP)" : "")}: Ctrl-D or Ctrl-] leaves.");
            while (true)
            {
                terminal.Out.Write($"({vm}{(qmp ? " qmp" : "")}) ");
                await terminal.Out.FlushAsync(over).ConfigureAwait(false);
                if (await lines.ReadAsync(over).ConfigureAwait(false) is not { } line)
                    break;
                if (!string.IsNullOrWhiteSpace(line))
                    Print(await AskAsync(connection, line, over).ConfigureAwait(false));
            }

            terminal.Out.WriteLine();
        },
        events: qmp,
        cancellationToken);

    private async Task ConnectedAsync(Func<MonitorConnection, CancellationToken, Task> talk, bool events, CancellationToken cancellationToken)
    {
        using var connection = await session.Client.MonitorAsync(vm, qmp, cancellationToken).ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receiving = ReceiveAsync(connection, events, over);
        try
        {
            await talk(connection, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end is not null && !cancellationToken.IsCancellationRequested)
        {
            // A person sees how it ended; a script's command has no answer.
            if (!events && !terminal.InIsTerminal)
                throw new VmsupException(end);
            terminal.Out.WriteLine($"\n[{end.Detail}]");
            if (end.Kind == ProblemKind.Unavailable)
                throw new VmsupException(end);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReceiveAsync(MonitorConnection connection, bool events, CancellationTokenSource over)
    {
        while (await connection.ReceiveAsync(over.Token).ConfigureAwait(false) is { } news)
        {
            switch (news.Kind)
            {
                case MonitorNewsKind.Answer:
                    answers.Writer.TryWrite(news);
                    break;
                case MonitorNewsKind.Event when events:
                    terminal.Out.WriteLine($"\n{news.Message?.GetRawText()}");
                    await terminal.Out.FlushAsync(over.Token).ConfigureAwait(false);
                    break;
                case MonitorNewsKind.Ended or MonitorNewsKind.Dropped:
                    end = new(ProblemKind.Failed, news.Reason ?? $"vm {vm}: the daemon has closed the monitor");
                    break;
            }
        }

        // After the answers that came before it.
        end ??= new(ProblemKind.Unavailable, "the daemon went away (the guest runs on)");
        answers.Writer.TryComplete();
        if (!over.IsCancellationRequested)
            await over.CancelAsync().ConfigureAwait(false);
    }

    private async Task<MonitorNews> AskAsync(MonitorConnection connection, string command, CancellationToken cancellationToken)
    {
        await connection.SendAsync(qmp ? QmpLine.ToJson(command) : command, cancellationToken).ConfigureAwait(false);
        try
        {
            // Not cancelled by the end: the answer may have come just before it.
            return await answers.Reader.ReadAsync(CancellationToken.None).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (answers.Reader.TryRead(out var late))
        {
            return late;
        }
        catch (ChannelClosedException)
        {
            throw new OperationCanceledException(end?.Detail);
        }
    }

    private void Print(MonitorNews news)
    {
        if (session.IsJson)
            terminal.Out.WriteLine(news.Message?.GetRawText() ?? new JsonObject { ["return"] = news.Text }.ToJsonString(OneLine));
        else if (news.Text is { } text)
            terminal.Out.Write(text.Length == 0 || text.EndsWith('\n') ? text : text + "\n");
        else if (news.Message is { } message)
            terminal.Out.WriteLine(JsonNode.Parse(Shown(message).GetRawText())?.ToJsonString(Indented));
    }

    // What was returned, without what only a program needs.
    private static JsonElement Shown(JsonElement message) => message.TryGetProperty("return", out var value) ? value : message;

    private static string WhyNot(MonitorNews answer)
    {
        if (answer.Text is { } text)
            return string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return answer.Message is { } message && message.TryGetProperty("error", out var error) && error.TryGetProperty("desc", out var description)
            ? description.GetString() ?? "it was not done"
            : "it was not done";
    }
}
