using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.Actors.Persistence;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Hosting;
using VmSupervisor.Linux;
using VmSupervisor.Resources;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Resources;

/// <summary>A whole node on this host: real QEMUs, real devices. What was started ends with it.</summary>
internal sealed class RealNode : IAsyncDisposable
{
    private readonly TempDirectory directory = new();
    private readonly InMemoryJournal journal = new(TimeProvider.System);
    private readonly List<string> bridges = [];
    private readonly IVolumeKind[] volumes;
    private readonly INetworkKind[] networks;
    private NodeHost host = null!;
    private int operations;

    private RealNode(IVolumeKind[] volumes, INetworkKind[] networks) => (this.volumes, this.networks) = (volumes, networks);

    /// <summary>Unique on this host: interfaces and loop devices are named after it.</summary>
    public string Name => Path.GetFileName(directory.Path);

    public TempDirectory Files => directory;

    public string RunDirectory => directory["run"];

    public static async Task<RealNode> StartAsync(IVolumeKind[]? volumes = null, INetworkKind[]? networks = null)
    {
        var node = new RealNode(volumes ?? [], networks ?? []);
        Directory.CreateDirectory(node.directory["run"]);
        Directory.CreateDirectory(node.directory["state"]);
        await node.BeginAsync();
        return node;
    }

    public async Task RestartAsync()
    {
        await EndAsync();
        await BeginAsync();
    }

    public string NewBridge()
    {
        var name = $"b{bridges.Count}{Name}";
        bridges.Add(name);
        Ip("link", "add", name, "type", "bridge");
        Ip("link", "set", name, "up");
        return name;
    }

    public static void Ip(params string[] arguments)
    {
        using var ip = Process.Start("ip", arguments);
        ip.WaitForExit();
        Assert.Equal(0, ip.ExitCode);
    }

    public async Task<VmId> DefineAsync(Func<VmDefinition, VmDefinition> change, int id = 7)
    {
        var vm = new VmId(id);
        Assert.Equal(OperationStatus.Succeeded, (await DoAsync(vm, new VmCommand.Define(change(QemuFixture.Nano(id: id))))).Status);
        return vm;
    }

    public async Task<OperationView> DoAsync(VmId vm, VmCommand command)
    {
        var view = await SubmitAsync(vm, command);
        return view.Ended ? view : (await host.Supervisor.WaitForEndAsync(view.Id))!;
    }

    public Task<OperationView> SubmitAsync(VmId vm, VmCommand command) =>
        host.Supervisor.SubmitAsync(vm, command, OperationId.Parse($"op-{++operations}"), new Caller("test"));

    public async Task SucceedsAsync(VmId vm, VmCommand command)
    {
        var view = await DoAsync(vm, command);
        Assert.True(view.Status == OperationStatus.Succeeded, $"{command.Kind}: {view.Status}: {view.Problem?.Detail}");
    }

    public async Task<string> FailsAsync(VmId vm, VmCommand command)
    {
        var view = await DoAsync(vm, command);
        Assert.Equal(OperationStatus.Failed, view.Status);
        return view.Problem!.Detail;
    }

    public VmView View(VmId vm) => host.Supervisor.Find(vm.ToString())!;

    public async Task<VmView> UntilAsync(VmId vm, Func<VmView, bool> condition)
    {
        using var patience = new CancellationTokenSource(QemuFixture.Patience, TimeProvider.System);
        return (await host.Supervisor.WaitForViewAsync(vm, view => view is not null && condition(view), patience.Token))!;
    }

    public string CommandLine(VmId vm) => string.Join(' ', new ProcFs().ReadCommandLine(View(vm).Pid!.Value)!);

    /// <summary>The run-time files of VMs that are left.</summary>
    public string[] RunFilesLeft() => Directory.Exists(directory["run/vms"])
        ? Directory.GetFileSystemEntries(directory["run/vms"], "*", SearchOption.AllDirectories)
        : [];

    public async ValueTask DisposeAsync()
    {
        foreach (var vm in host.Supervisor.List())
            await SubmitAsync(vm.Id, new VmCommand.Stop());
        foreach (var vm in host.Supervisor.List())
            await UntilAsync(vm.Id, view => view.State == "CleanedUp" && view.Volumes.All(v => !v.Active));
        await EndAsync();
        foreach (var bridge in bridges)
            NetworkInterface.Delete(bridge);
        journal.Dispose();
        directory.Dispose();
    }

    private async Task BeginAsync()
    {
        var options = new VmSupervisorOptions { Node = Name, StateDirectory = directory["state"], RunDirectory = directory["run"] };
        host = new NodeHost(options, journal, TimeProvider.System, NullLoggerFactory.Instance, volumes, networks);
        await host.StartAsync(CancellationToken.None);
    }

    private async Task EndAsync()
    {
        await host.StopAsync(CancellationToken.None);
        await host.DisposeAsync();
    }
}
