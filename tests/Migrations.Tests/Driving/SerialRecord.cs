using System.Globalization;
using System.Text;
using VmSupervisor.EndToEnd.Tests.Support;

namespace VmSupervisor.Migrations.Tests.Driving;

/// <summary>
/// All that the guest of a VM wrote to its serial port, on whatever node, in the order of its lives. The logs are opened as
/// soon as they are there, and so outlive their directories.
/// </summary>
internal sealed class SerialRecord : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    private readonly int _vm;
    private readonly IReadOnlyList<Node> _nodes;
    private readonly SortedDictionary<long, FileStream> _logs = [];
    private readonly CancellationTokenSource _over = new();
    private readonly Task _looking;

    public SerialRecord(int vm, IReadOnlyList<Node> nodes)
    {
        (_vm, _nodes) = (vm, nodes);
        _looking = LookAsync();
    }

    /// <summary>The heartbeats of the last boot.</summary>
    public IReadOnlyList<int> Beats() => Boots() is [.., var last] ? last : [];

    public async Task BeatsOnAsync(int more = 3)
    {
        var before = Beats().LastOrDefault();
        await Eventually.TrueAsync($"vm {_vm} beats on after {before}", () => Beats() is [.., var last] && last >= before + more);
    }

    /// <summary>
    /// Two copies that ran would have repeated a number, and memory that was lost would have left one out. A boot begins anew.
    /// </summary>
    public void AssertNoBeatIsMissingOrRepeated()
    {
        foreach (var beats in Boots())
        {
            Assert.NotEmpty(beats);
            Assert.Equal(Enumerable.Range(1, beats.Count), beats);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _looking;
        foreach (var log in _logs.Values)
            log.Dispose();
        _over.Dispose();
    }

    private IReadOnlyList<IReadOnlyList<int>> Boots()
    {
        Look();
        var text = new StringBuilder();
        lock (_logs)
        {
            foreach (var log in _logs.Values)
            {
                log.Position = 0;
                var bytes = new byte[log.Length];
                log.ReadExactly(bytes);
                text.Append(Encoding.ASCII.GetString(bytes));
            }
        }

        return [.. text.ToString().Split("READY ").Skip(1).Select(Numbers)];
    }

    private static IReadOnlyList<int> Numbers(string boot) =>
    [
        .. boot[..(boot.LastIndexOf('\n') + 1)].Split('\n')
            .Where(line => line.StartsWith("HB ", StringComparison.Ordinal))
            .Select(line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)),
    ];

    private async Task LookAsync()
    {
        using var turns = new PeriodicTimer(Pause);
        try
        {
            do
            {
                Look();
            }
            while (await turns.WaitForNextTickAsync(_over.Token));
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private void Look()
    {
        lock (_logs)
        {
            foreach (var directory in _nodes.Select(node => Path.Combine(node.Run, "vms", $"{_vm}")).Where(Directory.Exists).SelectMany(Lives))
            {
                if (!long.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var life))
                    continue;
                var file = Path.Combine(directory, "serial.log");
                if (!_logs.ContainsKey(life) && File.Exists(file) && TryOpen(file) is { } log)
                    _logs[life] = log;
            }
        }
    }

    private static string[] Lives(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static FileStream? TryOpen(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
