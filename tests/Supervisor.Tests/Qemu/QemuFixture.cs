using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Linux;
using VmSupervisor.Qemu;
using VmSupervisor.Qemu.Accelerators;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Qemu.Machines;

namespace VmSupervisor.Supervisor.Tests.Qemu;

/// <summary>A host for real QEMUs: a directory of its own; what was launched ends with it.</summary>
internal sealed class QemuFixture : IAsyncDisposable
{
    public const int Limit = 180_000;

    /// <summary>For a single wait: shorter than the limit, so that a test which fails by it still cleans up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TempDirectory directory = new();
    private readonly Readiness readiness = new();
    private readonly ExitWatcher exits;
    private readonly List<ProcessKey> keys = [];
    private readonly List<Hypervisor> hypervisors = [];

    public QemuFixture(Func<HypervisorOptions, HypervisorOptions>? configure = null)
    {
        exits = new(readiness);
        Options = new HypervisorOptions { Node = "test", StateDirectory = Directory.CreateDirectory(directory["state"]).FullName };
        Options = configure?.Invoke(Options) ?? Options;
        Hypervisor = NewSupervisor();
    }

    /// <summary>For tests that are not about deadlines: on a loaded machine a monitor may take longer than an operator would wait.</summary>
    public static HypervisorOptions Patient(HypervisorOptions options) =>
        options with { CommandDeadline = Patience, QuitDeadline = Patience, LookDeadline = Patience, LaunchDeadline = Patience };

    public static string NanoKernel { get; } = Path.Combine(AppContext.BaseDirectory, "guests", "nano.bin");

    public static string NanoRom { get; } = Path.Combine(AppContext.BaseDirectory, "guests", "nano.rom");

    public HypervisorOptions Options { get; }

    public Hypervisor Hypervisor { get; }

    public ProcFs Processes { get; } = new();

    public TempDirectory Files => directory;

    public static VmDefinition Nano(string cmdline = "hb_ms=1000 idle=1", int id = 7) => new()
    {
        Id = new(id),
        Name = $"vm-{id}",
        Memory = 4 << 20,
        Accel = Accelerator.Tcg,
        Bios = NanoRom,
        Kernel = NanoKernel,
        Cmdline = cmdline,
    };

    /// <summary>A supervisor that knows nothing of what the others did; for adoption.</summary>
    public Hypervisor NewSupervisor(ProcFs? processes = null, Func<HypervisorOptions, HypervisorOptions>? configure = null)
    {
        var options = configure?.Invoke(Options) ?? Options;
        var evidence = new HostEvidence();
        processes ??= Processes;
        var choice = new AcceleratorChoice(evidence, new KvmTrial(new Spawner(), exits), processes, Options.StateDirectory, NullLogger<AcceleratorChoice>.Instance);
        var machines = new MachineTypes(new Spawner(), exits, Options.StateDirectory, TimeProvider.System, NullLogger<MachineTypes>.Instance);
        hypervisors.Add(new(options, choice, machines, new Spawner(), exits, readiness, processes, TimeProvider.System));
        return hypervisors[^1];
    }

    public ProcessKey NewKey(int id = 7)
    {
        var incarnation = new Incarnation(keys.Count + 1);
        var key = new ProcessKey(new(id), incarnation, Directory.CreateDirectory(directory[$"{id}/{incarnation}"]).FullName);
        keys.Add(key);
        return key;
    }

    public async Task<(ProcessKey Key, ProcessIdentity Identity)> LaunchAsync(VmDefinition? definition = null, string? restoreFrom = null, bool incoming = false)
    {
        var key = NewKey();
        var request = new LaunchRequest(key, definition ?? Nano()) { RestoreFrom = restoreFrom, Incoming = incoming };
        var result = await Hypervisor.LaunchAsync(request, CancellationToken.None);
        return (key, Assert.IsType<LaunchResult.Launched>(result).Identity);
    }

    /// <summary>An empty raw image.</summary>
    public string Raw(string name)
    {
        File.WriteAllBytes(directory[$"{name}.raw"], new byte[1 << 20]);
        return directory[$"{name}.raw"];
    }

    public async Task<string> LaunchFailsAsync(VmDefinition definition, string? restoreFrom = null)
    {
        var result = await Hypervisor.LaunchAsync(new(NewKey(), definition) { RestoreFrom = restoreFrom }, CancellationToken.None);
        return Assert.IsType<LaunchResult.Failed>(result).Reason;
    }

    /// <summary>The guest's output, once it contains a text.</summary>
    public async Task<string> SerialAsync(ProcessKey key, string until)
    {
        const uint modified = 2;
        var path = new RunFiles(key.RunDirectory).SerialLog;
        using var events = readiness.Files.Subscribe(path, modified);
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            var text = await reader.ReadToEndAsync();
            if (text.Contains(until))
                return text;
            try
            {
                await events.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"the guest did not say '{until}'; it said '{await File.ReadAllTextAsync(path)}', read was '{text}'");
            }
        }
    }

    /// <summary>Types a line at the guest's serial port, once it listens: before, it would drop it.</summary>
    public async Task TypeAsync(ProcessKey key, string line)
    {
        await SerialAsync(key, "READY");
        await using var input = new FileStream(new RunFiles(key.RunDirectory).SerialInput, FileMode.Open, FileAccess.Write);
        await input.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"));
    }

    public void Signal(ProcessIdentity identity, Signal signal)
    {
        using var process = PidFd.Open(identity.Pid);
        Assert.Equal(identity, Processes.Identify(identity.Pid));
        Assert.True(process!.Signal(signal));
    }

    /// <summary>Nothing of it lives.</summary>
    public void AssertNothingLeft(ProcessKey key)
    {
        Assert.Empty(Processes.FindByRunDirectory(key.RunDirectory));
        using var @lock = FileLock.TryAcquire(new RunFiles(key.RunDirectory).Lock);
        Assert.NotNull(@lock);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var key in keys)
            await Hypervisor.ExtinguishAsync(key, null, _ => { }, CancellationToken.None);
        foreach (var hypervisor in hypervisors)
            await hypervisor.DisposeAsync();
        exits.Dispose();
        readiness.Dispose();
        directory.Dispose();
    }
}
