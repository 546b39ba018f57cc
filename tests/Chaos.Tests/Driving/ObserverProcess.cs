using System.Diagnostics;
using System.Threading.Channels;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Chaos.Tests.Driving;

/// <summary>The observer's process.</summary>
internal sealed class ObserverProcess : IDisposable
{
    private readonly Process process;
    private readonly Timeline timeline;
    private readonly Channel<string> answers = Channel.CreateUnbounded<string>();
    private readonly List<string> violations = [];
    private readonly Task<string> errors;

    public ObserverProcess(string root, Timeline timeline)
    {
        this.timeline = timeline;
        var program = Park.InRepository(Path.Combine("tests/Chaos.Observer", Park.Metadata("BinaryDirectory"), "Chaos.Observer"));
        process = Process.Start(Programs.Prepare(program, [root, Path.GetFileName(root)]))!;
        errors = process.StandardError.ReadToEndAsync();
        _ = ReadAsync();
    }

    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (violations)
                return [.. violations];
        }
    }

    /// <summary>All that is there right now, a line each.</summary>
    public async Task<IReadOnlyList<string>> LookAsync()
    {
        await process.StandardInput.WriteLineAsync("look");
        await process.StandardInput.FlushAsync();
        var lines = new List<string>();
        while (true)
        {
            var line = await AnswerAsync();
            if (line == "seen")
                return lines;
            lines.Add(line);
        }
    }

    /// <summary>Its last judgement: what it has counted.</summary>
    public async Task<IReadOnlyDictionary<string, long>> EndAsync()
    {
        await process.StandardInput.WriteLineAsync("end");
        await process.StandardInput.FlushAsync();
        var words = (await AnswerAsync()).Split(' ')[1..];
        using var limit = new CancellationTokenSource(Limits.Step);
        await process.WaitForExitAsync(limit.Token);
        await foreach (var _ in answers.Reader.ReadAllAsync(limit.Token))
        {
            // Until all that it wrote is read.
        }

        Assert.True((process.ExitCode == 0) == (Violations.Count == 0), $"the observer ended with {process.ExitCode}: {await errors}");
        return words.Chunk(2).ToDictionary(p => p[0], p => long.Parse(p[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }

    private async Task<string> AnswerAsync()
    {
        using var limit = new CancellationTokenSource(Limits.Step);
        try
        {
            return await answers.Reader.ReadAsync(limit.Token);
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException($"the observer has ended: {await errors}");
        }
    }

    private async Task ReadAsync()
    {
        const string violation = "violation ";
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith(violation, StringComparison.Ordinal))
            {
                answers.Writer.TryWrite(line);
                continue;
            }

            lock (violations)
                violations.Add(line[violation.Length..]);
            timeline.Add("OBSERVER", line);
        }

        answers.Writer.Complete();
    }
}
