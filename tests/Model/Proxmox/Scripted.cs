using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Proxmox;

/// <summary>Our world, in which clients and faults follow a script; when each happens is open.</summary>
internal sealed record Scripted(World World, int At);

/// <summary>The production rules under a <see cref="Call"/> script.</summary>
internal sealed class ScriptedModel : IModel<Scripted>
{
    private readonly VmModel _model;
    private readonly string[] _script;

    public ScriptedModel(params Call[] script)
    {
        _script = [.. script.Select(Spell)];
        _model = new VmModel(new Bounds
        {
            Name = "script",
            Menu = [new Wish.Start(false), new Wish.Stop(false), new Wish.Shutdown(null, null, false), new Wish.Shutdown(null, null, true)],
            Definition = Bounds.Vm(hooks: true),
            Incarnations = 2,
            InFlight = 4,
            Faults = 4,
            Crashes = 0,
            Kinds = Fault.ProcessDies | Fault.GuestPowersOff,
        });
    }

    public IEnumerable<Scripted> Initial => _model.Initial.Select(w => new Scripted(w, 0));

    public void Expand(Scripted scripted, Successors<Scripted> next)
    {
        // As in the other models: the first start has come up before the script goes on, and guests obey the power button.
        var all = new Successors<World>();
        _model.Expand(scripted.World, all);
        var ready = scripted.At != 1 || scripted.World.State is Running;
        foreach (var (happening, world) in all.Items)
        {
            var text = happening.ToString();
            if (scripted.At < _script.Length && ready && text == _script[scripted.At])
                next.Add(happening, new(world, scripted.At + 1));
            else if (!IsScriptable(text) || (scripted.At == _script.Length && text == "faults and commands are over"))
                next.Add(happening, new(world, scripted.At));
        }

        if (scripted.At < _script.Length && ready && !next.Items.Any(i => i.World.At > scripted.At) && IsFault(_script[scripted.At]))
            next.Add(new("{0}: nothing to do", _script[scripted.At]), scripted with { At = scripted.At + 1 });
    }

    public void Encode(Scripted scripted, ByteSink code)
    {
        _model.Encode(scripted.World, code);
        code.Number(scripted.At);
    }

    public Violation? Judge(Scripted scripted) => _model.Judge(scripted.World);

    public bool IsClosed(Scripted scripted) => _model.IsClosed(scripted.World);

    public Violation? JudgeEnd(Scripted scripted) => _model.JudgeEnd(scripted.World);

    public string Describe(Scripted scripted) => _model.Describe(scripted.World);

    /// <summary>What can be seen from outside.</summary>
    public static string? Visible(Happening happening)
    {
        var text = happening.ToString();
        return text.StartsWith("client: ", StringComparison.Ordinal) || text.Contains("killed from outside", StringComparison.Ordinal)
            || text.Contains("powers", StringComparison.Ordinal) || text.EndsWith("is spawned", StringComparison.Ordinal) && text.StartsWith("QEMU", StringComparison.Ordinal)
            || text.EndsWith("is gone", StringComparison.Ordinal) || text.EndsWith("is released", StringComparison.Ordinal) && text.StartsWith("Release", StringComparison.Ordinal)
            || text.EndsWith(" begin", StringComparison.Ordinal)
            ? text
            : null;
    }

    private static bool IsFault(string text) => text.StartsWith("QEMU", StringComparison.Ordinal) || text.StartsWith("the guest", StringComparison.Ordinal);

    private static bool IsScriptable(string text) => text.StartsWith("client: ", StringComparison.Ordinal)
        || text.Contains("killed from outside", StringComparison.Ordinal) || text.Contains("powers itself off", StringComparison.Ordinal)
        || text.Contains("ignores the button", StringComparison.Ordinal) || text.StartsWith("the deadline passes", StringComparison.Ordinal)
        || text.StartsWith("faults and commands are over", StringComparison.Ordinal);

    private static string Spell(Call call) => call switch
    {
        Call.Start => "client: start",
        Call.Stop => "client: stop",
        Call.Shutdown => "client: shutdown",
        Call.ShutdownKeeping => "client: shutdown --keep-active",
        Call.Crash => "QEMU of 1 is killed from outside",
        Call.PowerOff => "the guest of 1 powers itself off",
        _ => throw new ArgumentOutOfRangeException(nameof(call), call, "no such call"),
    };
}
