using VmSupervisor.Cli.Definitions;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Scenarios.Tests.Text;

/// <summary>Reads a scenario; names everything that is wrong with it at once, by file and line.</summary>
internal sealed class ScenarioReader
{
    public const string Expect = "expect", Or = "or";

    /// <summary>What a definition says unless it says something else: the small guest, which lies beside its images.</summary>
    private const string Defaults = "memory = 4 MiB, accel = tcg, bios = nano.rom, kernel = nano.bin, cmdline = \"hb_ms=50 hz=100\"";

    private static readonly string[] SettingKeys = [.. Settings.All.Keys];

    private readonly string _file;
    private readonly string[] _lines;
    private readonly List<string> _faults = [];
    private readonly List<Setting> _settings = [];
    private readonly List<ScenarioLine> _script = [];
    private readonly OperationNames _names = new();
    private bool _isReal;
    private bool _isAnyOrder;

    private ScenarioReader(string file, string text)
    {
        _file = file;
        _lines = text.ReplaceLineEndings("\n").Split('\n');
    }

    /// <exception cref="ScenarioException">It is not one.</exception>
    public static Scenario Read(string path, string text) => new ScenarioReader(Path.GetFileName(path), text).Read(path);

    private Scenario Read(string path)
    {
        var end = Array.IndexOf(_lines, Expect);
        if (end < 0)
            end = _lines.Length;
        for (var i = 0; i < end; i++)
            i = ReadLine(i);
        foreach (var line in _script.Where(l => _isReal && l.Act is { IsReal: false }))
            Fault(line.Number, $"found '{line.Text}', which cannot be done to real QEMU; take out 'real' or this line");
        if (!_lines[0].StartsWith("# ", StringComparison.Ordinal))
            Fault(1, "found no title, allowed: '# ' and what must hold");
        var outcomes = ReadOutcomes(end);
        if (outcomes.Length > 1 && !_isAnyOrder)
            Fault(end + 1, "found several outcomes, allowed: one, or 'any-order' above");
        return _faults.Count > 0
            ? throw new ScenarioException(_faults)
            : new Scenario(path, _lines[0][2..], _isReal, _isAnyOrder, _settings, _script, outcomes);
    }

    private int ReadLine(int index)
    {
        var line = _lines[index].Trim();
        if (line.Length == 0 || line.StartsWith('#'))
            return index;
        try
        {
            switch (Words.Split(line))
            {
                case ["real"]:
                    _isReal = true;
                    break;
                case ["any-order"]:
                    _isAnyOrder = true;
                    break;
                case ["set", var key, .. var value]:
                    _settings.Add(new(ActReader.One(key, SettingKeys), ActReader.Time(string.Join(' ', value))));
                    break;
                case ["vm", var number, ['{', ..], ..]:
                    return ReadDefinition(index, ActReader.Vm(number));
                case var words:
                    var (moment, rest) = MomentReader.Read(words);
                    _script.Add(new(index + 1, line, moment, rest.Length == 0 ? null : ActReader.Read(rest, _names)));
                    break;
            }
        }
        catch (FormatException e)
        {
            Fault(index + 1, e.Message);
        }

        return index;
    }

    /// <summary>Up to a line that is one closing brace, or on one line.</summary>
    private int ReadDefinition(int index, VmId vm)
    {
        var last = _lines[index].TrimEnd().EndsWith('}') ? index : Array.FindIndex(_lines, index, l => l.TrimEnd() == "}");
        if (last < 0)
        {
            Fault(index + 1, "found no end of the definition, allowed: a line that is one '}'");
            return _lines.Length;
        }

        var written = string.Join('\n', _lines[index..(last + 1)]);
        var text = new DefinitionText(_file, index + 1, $"vm {{ id = {vm}, {Defaults}, {written[(written.IndexOf('{') + 1)..]}");
        try
        {
            text.Read("/");
            _script.Add(new(index + 1, _lines[index].Trim(), null, new Act.Define(vm, text, _names.Next("define"))));
        }
        catch (DefinitionFileException e)
        {
            _faults.AddRange(e.Lines);
        }

        return last;
    }

    private string[] ReadOutcomes(int expect)
    {
        var outcomes = new List<string>();
        var lines = new List<string>();
        foreach (var line in _lines.Skip(expect + 1).Append(Or))
        {
            if (line != Or)
            {
                lines.Add(line.TrimEnd());
                continue;
            }

            if (string.Join('\n', lines).Trim('\n') is { Length: > 0 } outcome)
                outcomes.Add(outcome);
            lines.Clear();
        }

        return [.. outcomes];
    }

    private void Fault(int line, string what) => _faults.Add($"{_file}:{line}: {what}");
}
