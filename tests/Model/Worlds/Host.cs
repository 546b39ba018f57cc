using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;
using VmSupervisor.Model.Laws;

namespace VmSupervisor.Model.Worlds;

/// <summary>What actions do to the host; the laws that are about single actions are checked here.</summary>
internal static class Host
{
    private const string MemoryFile = "memory of ";
    private const string BackupFiles = "unfinished backup of ";

    public static ProcessIdentity IdentityOf(World world, Incarnation n) => new($"boot-{world.Boot}", (int)n.Value, n.Value);

    /// <summary>A file that an effect makes, beside what the plan acquires.</summary>
    public static World CreateFile(World world, long n, Step step)
    {
        var key = KeyOf(n, step);
        return Has(world, key) ? world : world with { Held = world.Held.Add(new Holding(key, n)) };
    }

    public static World RemoveFile(World world, long n, Step step) =>
        Find(world, KeyOf(n, step)) is >= 0 and var index ? world with { Held = world.Held.RemoveAt(index) } : world;

    public static bool Has(World world, string key) => Find(world, key) >= 0;

    public static World SpawnQemu(World world, long n, SavedMemory? memory)
    {
        if (memory is not null && Find(world, KeyOf(n, new Step.SavedMemory(memory.Of, false))) is >= 0 and var file && world.Held[file].Owner == Holding.Spent)
            world = world.Break(Law.NeverTwo, $"incarnation {n} goes on from the memory of {memory.Of}, from which another life has gone on");
        if (!world.Processes.IsEmpty)
            world = world.Break(Law.NeverTwo, $"QEMU of incarnation {n} is spawned while that of {world.Processes[0].N} is there");
        world = Journaled(world, n, "QEMU is spawned");
        return world with { Processes = world.Processes.Add(new Qemu(n, false, memory is null ? GuestState.Prelaunch : GuestState.Paused, false, false, memory?.Of.Value ?? 0)), Unseen = [] };
    }

    public static World Die(World world, long n) => Map(world, n, p => p with { Dying = true, Hung = false, Pressed = false });

    public static World Press(World world, long n, bool hears) => Map(world, n, p => p with { Pressed = hears });

    public static World Hang(World world, long n) => Map(world, n, p => p with { Hung = true });

    public static World Change(World world, long n, GuestState guest)
    {
        if (guest == GuestState.Running && world.Processes.Any(p => p.N != n && p is { Dying: false, Guest: GuestState.Running }))
            world = world.Break(Law.NeverTwo, $"the guest of incarnation {n} runs beside another one");
        if (guest == GuestState.Running && world.Processes.FirstOrDefault(p => p.N == n) is { Memory: > 0 and var of })
            world = Spend(world, KeyOf(n, new Step.SavedMemory(new Incarnation(of), false)));
        return Map(world, n, p => p with { Guest = guest, Pressed = p.Pressed && guest == GuestState.Running });
    }

    public static World Acquire(World world, long n, Step step)
    {
        world = Journaled(world, n, $"{step.Name} is acquired");
        if (step is Step.SavedMemory memory)
            return memory.Discard ? RemoveFile(world, n, step) : world;
        var (key, volume) = (KeyOf(n, step), step as Step.Volume);
        var index = Find(world, key);
        if (index < 0)
            return world with { Held = world.Held.Add(new Holding(key, n)) };
        var owner = world.Held[index].Owner;
        if (owner == n)
            return world;
        if (volume is not { TakeOver: true })
            world = world.Break(volume is null ? Law.OneCleanup : Law.KeepActive, $"incarnation {n} acquires {step.Name} anew, which incarnation {owner} still has");
        return world with { Held = world.Held.RemoveAt(index).Add(new Holding(key, n)) };
    }

    public static World Release(World world, long n, Step step)
    {
        if (world.Processes.Any(p => p.N == n))
            world = world.Break(Law.NotWhileAlive, $"{step.Name} of incarnation {n} is released while its QEMU lives");
        var index = Find(world, KeyOf(n, step));
        if (index < 0)
            return world;
        var owner = world.Held[index].Owner;
        if (owner != n && step is not (Step.Volume { TakeOver: true } or Step.SavedMemory))
            world = world.Break(Law.LateNews, $"the cleanup of incarnation {n} takes {step.Name} away from incarnation {owner}");
        if (step is Step.Volume && world.KeepPromised && world.Journal.State is not Stopping { KeptOnly: true })
            world = world.Break(Law.KeepActive, $"{step.Name} is released, and was promised to stay active");
        if (step is Step.RunDirectory && world.Effects.All(e => e.Failed == 0)
            && world.Journal.State is Stopping { Phase: StopPhase.Clean { Attempt: 0 }, KeepsVolumes: false }
            && world.Held.Any(h => h.Owner == n && h.Step != KeyOf(n, step) && !IsFile(h)))
        {
            world = world.Break(Law.OneCleanup, $"the run directory of incarnation {n} goes before what was acquired after it");
        }

        return world with { Held = world.Held.RemoveAt(index) };
    }

    public static World Spawn(World world, long n, HookPhase phase)
    {
        world = Journaled(world, n, $"{phase} hooks are spawned");
        return SetHook(world, n, phase, h => h with { Progress = HookProgress.Spawned });
    }

    /// <summary>The claim is made and the first hook runs.</summary>
    public static World BeginHook(World world, Hook hook)
    {
        var (n, phase) = (hook.N, hook.Phase);
        if (hook.Began)
            world = world.Break(Law.HooksBalance, $"{phase} hooks of incarnation {n} run a second time");
        if (world.Hooks.FirstOrDefault(h => h.N == n && h.Phase > phase && h.Began) is { Began: true } later)
            world = world.Break(Law.HooksBalance, $"{phase} hooks of incarnation {n} run after those of {later.Phase}");
        if (world.Hooks.Any(h => h.Progress == HookProgress.Running && h != hook))
            world = world.Break(Law.HooksBalance, $"{phase} hooks of incarnation {n} run beside others");
        if (world.Journal.State.Current?.Number.Value != n)
            world = world.Break(Law.HooksBalance, $"{phase} hooks of incarnation {n} run, which is closed");
        return SetHook(world, n, phase, h => h with { Progress = HookProgress.Running, Began = true });
    }

    public static World EndHook(World world, long n, HookPhase phase, HookStatus outcome) =>
        SetHook(world, n, phase, h => h with { Progress = HookProgress.Over, Outcome = outcome });

    /// <summary>Nothing of before exists, but what is on disk.</summary>
    public static World Reboot(World world) => world with
    {
        Processes = [],
        Held = [.. world.Held.Where(IsFile)],
        Hooks = [.. world.Hooks.Where(h => h.Progress != HookProgress.Spawned)
            .Select(h => h.Progress == HookProgress.Running ? h with { Progress = HookProgress.Over, Outcome = HookStatus.Unknown } : h)],
        Boot = world.Boot + 1,
        KeepPromised = false,
    };

    /// <summary>What tells a resource from all others on the host: run directories are an incarnation's, volumes are the VM's.</summary>
    public static string KeyOf(long n, Step step) => step switch
    {
        Step.RunDirectory => $"run-directory {n}",
        Step.Volume volume => volume.Path,
        Step.Network network => network.Name,
        Step.Cgroup => $"cgroup {n}",
        Step.SavedMemory memory => $"{MemoryFile}{memory.Of}",
        Step.PartialBackup => $"{BackupFiles}{n}",
        _ => throw new NotSupportedException($"the model does not know {step.GetType().Name}: say in tests/Model/Worlds/Host.cs what it is on the host"),
    };

    /// <summary>Nothing exists of an incarnation that the journal has not heard of.</summary>
    private static World Journaled(World world, long n, string what) => world.Journal.State.Last.Value < n
        ? world.Break(Law.DurableFirst, $"{what} for incarnation {n}, which is not in the journal")
        : world;

    private static World Spend(World world, string key) => Find(world, key) is >= 0 and var index
        ? world with { Held = world.Held.SetItem(index, new Holding(key, Holding.Spent)) }
        : world;

    private static bool IsFile(Holding holding) =>
        holding.Step.StartsWith(MemoryFile, StringComparison.Ordinal) || holding.Step.StartsWith(BackupFiles, StringComparison.Ordinal);

    private static int Find(World world, string key)
    {
        for (var i = 0; i < world.Held.Length; i++)
        {
            if (world.Held[i].Step == key)
                return i;
        }

        return -1;
    }

    private static World Map(World world, long n, Func<Qemu, Qemu> change) =>
        world with { Processes = [.. world.Processes.Select(p => p.N == n && !p.Dying ? change(p) : p)] };

    private static World SetHook(World world, long n, HookPhase phase, Func<Hook, Hook> change)
    {
        for (var i = 0; i < world.Hooks.Length; i++)
        {
            if (world.Hooks[i].N == n && world.Hooks[i].Phase == phase)
                return world with { Hooks = world.Hooks.SetItem(i, change(world.Hooks[i])) };
        }

        return world with { Hooks = world.Hooks.Add(change(new Hook(n, phase, HookProgress.Spawned, HookStatus.Succeeded, false))) };
    }
}
