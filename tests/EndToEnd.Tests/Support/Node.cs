using VmSupervisor.Client;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>A real vmsupd on directories of its own, what drives it, and the world it acts on.</summary>
internal sealed class Node : IDisposable
{
    private string[] settings;
    private DaemonProcess? daemon;
    private string earlierLogs = "";

    private Node(string[] settings)
    {
        this.settings = settings;
        // As short as can be: a unix socket's path ends at 107 bytes.
        Root = Directory.CreateTempSubdirectory("e2e-").FullName;
        Name = Path.GetFileName(Root);
        World = new World(Root, Run);
        Devices = new HostDevices(Name, Root);
        Client = new VmsupClient(Socket);
        // A link, since an executable that this process has written may still be open in a child it is forking.
        File.CreateSymbolicLink(Hook, Binaries.Hook);
    }

    public string Name { get; }

    public string Root { get; }

    public string State => In("s");

    public string Run => In("r");

    public string Socket => Path.Combine(Run, "vmsupd.sock");

    public string Hook => In("hook");

    public World World { get; }

    public HostDevices Devices { get; }

    public VmsupClient Client { get; }

    public DaemonProcess Daemon => daemon ?? throw new InvalidOperationException("no daemon runs");

    /// <summary>
    /// Lets a test act on a node of its own, with <c>--set</c> settings; then stops all VMs and the daemon and looks for
    /// leftovers from outside.
    /// </summary>
    public static Task OfItsOwnAsync(Func<Node, Task> test, params string[] settings) => OfItsOwnAsync(test, _ => settings);

    /// <summary>The same with settings that can tell of the node.</summary>
    public static async Task OfItsOwnAsync(Func<Node, Task> test, Func<Node, string[]> settings)
    {
        using var node = new Node([]);
        node.settings = settings(node);
        try
        {
            await node.StartDaemonAsync();
            await test(node);
            await node.StopAllAsync();
            node.AssertGone();
        }
        finally
        {
            await node.AbandonAsync();
        }
    }

    /// <summary>The same with two nodes; their settings can tell of each other.</summary>
    /// <param name="test">Acts on both.</param>
    /// <param name="settings">Of a node, given it and the other one.</param>
    public static async Task OfTwoAsync(Func<Node, Node, Task> test, Func<Node, Node, string[]> settings)
    {
        using var a = new Node([]);
        using var b = new Node([]);
        (a.settings, b.settings) = (settings(a, b), settings(b, a));
        try
        {
            await a.StartDaemonAsync();
            await b.StartDaemonAsync();
            await test(a, b);
            await a.StopAllAsync();
            await b.StopAllAsync();
            a.AssertGone();
            b.AssertGone();
        }
        finally
        {
            await a.AbandonAsync();
            await b.AbandonAsync();
        }
    }

    public string In(string name) => Path.Combine(Root, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(In(name), text);
        return In(name);
    }

    public async Task StartDaemonAsync(params string[] other)
    {
        Assert.Null(daemon);
        daemon = await DaemonProcess.StartAsync(Root, Arguments(other.Length > 0 ? other : settings));
    }

    public IEnumerable<string> Arguments(IEnumerable<string> sets) =>
        ["--state-dir", State, "--run-dir", Run, "--node", Name, .. sets.SelectMany(set => new[] { "--set", set })];

    public Task KillDaemonAsync() => EndDaemonAsync(running => running.KillAsync());

    public Task StopDaemonAsync() => EndDaemonAsync(running => running.StopAsync());

    public async Task RestartDaemonAsync()
    {
        await KillDaemonAsync();
        await StartDaemonAsync();
    }

    public Task<Ended> CliAsync(params string[] arguments) => Programs.RunAsync(Binaries.Cli, [.. arguments, "--socket", Socket]);

    public Task<OperationView> DoAsync(int vm, VmCommand command, string? operation = null) =>
        Client.RunAsync($"{vm}", command, operation is null ? null : OperationId.Parse(operation));

    public Task<OperationView> StartAsync(int vm) => DoAsync(vm, new VmCommand.Start());

    public Task<OperationView> StopAsync(int vm) => DoAsync(vm, new VmCommand.Stop());

    public Task<VmView> ShowAsync(int vm) => Client.ShowAsync($"{vm}");

    public Task<IReadOnlyList<HistoryEntry>> HistoryAsync(int vm) => Client.HistoryAsync($"{vm}");

    public async Task<VmView> WaitAsync(int vm, string state) =>
        await Client.WaitForStateAsync($"{vm}", state, Limits.Step) ?? throw new InvalidOperationException($"vm {vm} is undefined");

    public Serial SerialOf(int vm, long incarnation) => new(World, vm, incarnation);

    public void Dispose()
    {
        Client.Dispose();
        daemon?.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private async Task EndDaemonAsync(Func<DaemonProcess, Task> end)
    {
        using var running = Daemon;
        daemon = null;
        try
        {
            await end(running);
        }
        finally
        {
            earlierLogs += running.Log;
        }
    }

    private async Task StopAllAsync()
    {
        foreach (var vm in (await Client.ListAsync()).Where(vm => vm.Home is null))
        {
            await StopAsync(vm.Id.Value);
            Assert.Equal("CleanedUp", (await ShowAsync(vm.Id.Value)).State);
        }

        await StopDaemonAsync();
    }

    private void AssertGone()
    {
        // A process that was killed as nobody's child is there until init has reaped it, its command line is not.
        World.AssertNothingIsLeft();
        Devices.AssertNone();
        World.AssertHooksBalance();
        Assert.False(File.Exists(Socket));
    }

    // After a failure: nothing of it may stay on the machine.
    private async Task AbandonAsync()
    {
        if (daemon is { HasEnded: false })
            await KillDaemonAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(earlierLogs);
        foreach (var process in World.Everything())
            Kernel.Signal(process.Pid, Kernel.Kill);
        await Eventually.TrueAsync("what the test has left is killed", () => World.Everything().Count == 0);
        Devices.Remove();
    }
}
