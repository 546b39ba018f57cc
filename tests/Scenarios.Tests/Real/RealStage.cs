using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Scenarios.Tests.Playing;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests.Real;

/// <summary>A real daemon and CLI as processes, real QEMU, a small guest, and hooks that note themselves.</summary>
internal sealed partial class RealStage : IStage
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private const int ImageSize = 4 << 20;

    private readonly Node _node;
    private readonly RealTroubles _troubles;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly List<Answer> _answers = [];
    private readonly HashSet<VmId> _vms = [];
    private readonly IReadOnlyList<string> _settings;
    private Task? _shutdown;
    private int _boots = 1;
    private bool _isDown;

    public RealStage(Node node, IReadOnlyList<string> settings)
    {
        _node = node;
        _settings = settings;
        _troubles = new RealTroubles(node);
        File.CreateSymbolicLink(node.In("nano.rom"), Binaries.NanoBios);
        File.CreateSymbolicLink(node.In("nano.bin"), Binaries.NanoKernel);
    }

    /// <summary>The setting that tells one boot of the host from the next.</summary>
    public static string BootId(int number) => $"vmsup.boot-id=boot-{number}";

    public async Task ActAsync(Act act)
    {
        switch (act)
        {
            case Act.Define define:
                await DefineAsync(define);
                break;
            case Act.Command command:
                await GiveAsync(command);
                break;
            case Act.Cancel(var target, var operation):
                var vm = _answers.Find(a => a.Operation == target)!.Vm;
                await GiveAsync(vm, "cancel", operation, ["cancel", target.Value]);
                break;
            case Act.ShutDownNode(var timeout):
                _shutdown = _node.CliAsync("node", "shutdown", "--timeout", Duration.Format(timeout));
                break;
            case Act.Supervisor(var fate):
                if (fate is SupervisorFate.Killed or SupervisorFate.Restarts)
                    await _node.KillDaemonAsync();
                if (fate is SupervisorFate.Starts or SupervisorFate.Restarts)
                    await StartAsync();
                _isDown = fate == SupervisorFate.Killed;
                break;
            case Act.RebootHost:
                await _node.KillDaemonAsync();
                foreach (var process in _node.World.Everything())
                    Kernel.Signal(process.Pid, Kernel.Kill);
                await Eventually.TrueAsync("nothing of before the boot lives", () => _node.World.Everything().Count == 0);
                _boots++;
                await StartAsync();
                break;
            case Act.MakeFile(var path):
                Directory.CreateDirectory(Path.GetDirectoryName(_node.In(path))!);
                _node.Write(path, "");
                break;
            default:
                await _troubles.BeginAsync(act);
                break;
        }
    }

    public async Task WaitAsync(Moment moment)
    {
        switch (moment)
        {
            case Moment.At(var time):
                if (time > _time.Elapsed)
                    await Task.Delay(time - _time.Elapsed);
                break;
            case Moment.After(var time):
                await Task.Delay(time);
                break;
            case Moment.When(var condition, _):
                // How long it takes is told by virtual time; this machine may be busy.
                var vms = condition.Vms();
                await UntilAsync(async () => condition.Holds(await LookAsync(vms.Count > 0 ? vms : _vms)));
                break;
        }
    }

    public async Task SettleAsync()
    {
        if (_shutdown is not null)
            await _shutdown;
        await UntilAsync(RestsAsync);
        await Task.Delay(Quiet);
        await UntilAsync(RestsAsync);
    }

    public async Task<IFacts> LookAsync(IReadOnlyCollection<VmId> vms) => await RealFacts.FetchAsync(_node, _isDown, vms);

    public async Task<IReadOnlyList<Answer>> AnswersAsync()
    {
        var latest = new List<Answer>();
        foreach (var answer in _answers)
            latest.Add(answer.View is { Ended: false } ? answer with { View = await _node.Client.OperationAsync(answer.Operation) } : answer);
        return latest;
    }

    public async Task<IReadOnlyList<string>> LeftAsync(IReadOnlyCollection<VmId> vms)
    {
        var facts = await LookAsync(vms);
        var volumes = vms.SelectMany(vm => facts.View(vm)?.Volumes.Where(v => v.Active).Select(v => $"{vm} {v.Name}") ?? []);
        var directories = _node.World.RunDirectories().Select(d => $"{Path.GetFileName(Path.GetDirectoryName(d))} run-directory");
        return
        [
            .. _node.World.Processes().Select(p => $"{Lives().Match(p.ToString()).Groups[1]} process").Order(),
            .. volumes.Concat(directories).Order(),
        ];
    }

    public string Plain(string text) => RunLog.Plain(text).Replace(_node.Root + "/", "", StringComparison.Ordinal);

    /// <summary>Ends what was made to go wrong.</summary>
    public void End() => _troubles.EndAll();

    private async Task DefineAsync(Act.Define define)
    {
        var definition = define.Definition.Read(_node.Root);
        foreach (var disk in definition.Disks.Where(d => !File.Exists(d.Path)))
            await File.WriteAllBytesAsync(disk.Path, new byte[ImageSize]);
        _vms.Add(define.Vm);
        var view = await _node.Client.RunAsync($"{define.Vm}", new VmCommand.Define(definition), define.Operation);
        _answers.Add(new(define.Vm, "define", define.Operation, view));
    }

    private async Task GiveAsync(Act.Command command)
    {
        if (command.Wish is VmCommand.Backup backup)
            Directory.CreateDirectory(_node.In(backup.Directory));
        await GiveAsync(
            command.Vm, command.Wish.Kind, command.Operation, [command.Wish.Kind, $"{command.Vm}", .. RealOptions.Of(command.Wish.Below(_node.Root)), "--no-wait"]);
    }

    private async Task GiveAsync(VmId vm, string kind, OperationId operation, string[] arguments)
    {
        var ended = await _node.CliAsync([.. arguments, "--operation", operation.Value, "-o", "json"]);
        var view = ended.Exit == 0
            ? JsonSerializer.Deserialize<OperationView>(ended.Output, ContractsJson.Options)
            : await RefusedAsync(vm, kind, operation, ended);
        _answers.Add(new(vm, kind, operation, view));
    }

    private Task StartAsync() => _node.StartDaemonAsync([.. _settings, BootId(_boots)]);

    /// <summary>An operation that ended badly before the CLI returned, or one that was refused.</summary>
    private async Task<OperationView> RefusedAsync(VmId vm, string kind, OperationId operation, Ended ended)
    {
        var detail = ended.OneError["vmsup: ".Length..];
        try
        {
            if (await _node.Client.OperationAsync(operation) is { Problem: { } problem } known && problem.Detail == detail)
                return known;
        }
        catch (VmsupException e) when (e.Kind == ProblemKind.NotFound)
        {
            // Nothing was recorded of it.
        }

        return new(operation, vm, kind, OperationStatus.Refused, "", default, default(DateTimeOffset), new(ProblemKind.Conflict, detail), null);
    }

    private async Task<bool> RestsAsync() =>
        (await _node.Client.OperationsAsync()).Count == 0 && (await _node.Client.ListAsync()).All(v => v is { State: "Running" or "CleanedUp", Activity: null });

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var began = Stopwatch.GetTimestamp();
        using var turns = new PeriodicTimer(Pause);
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > EndToEnd.Tests.Support.Limits.Step)
                throw new TimeoutException($"it did not come to that within {EndToEnd.Tests.Support.Limits.Step.TotalSeconds} s");
            await turns.WaitForNextTickAsync();
        }
    }

    [GeneratedRegex("/vms/([0-9]+/[0-9]+)/")]
    private static partial Regex Lives();
}
