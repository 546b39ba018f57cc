namespace VmSupervisor.Chaos.Observer;

/// <summary>One look after another at everything, and the last judgement.</summary>
internal sealed class Watch
{
    private readonly Place place;
    private readonly Violations violations;
    private readonly Processes processes;
    private readonly Devices devices;
    private readonly Tail witness;
    private readonly HookRules hooks;
    private readonly VolumeRules volumes;
    private readonly ProcessRules rules;
    private readonly Heartbeats heartbeats;
    private bool supervised = true;

    public Watch(Place place, Violations violations)
    {
        (this.place, this.violations) = (place, violations);
        processes = new Processes(place);
        devices = new Devices(place);
        witness = new Tail(place.Witness);
        hooks = new HookRules(violations, processes.IsScriptOf);
        volumes = new VolumeRules(violations, processes.IsScriptOf);
        rules = new ProcessRules(place, processes, violations);
        heartbeats = new Heartbeats(place, violations);
    }

    public void Look()
    {
        // What is written down first, then what lives: see ProcessRules.
        foreach (var line in witness.Read())
            See(line);
        rules.Look(hooks.Ended, volumes.Given());

        // What a guest has written since the last look, at which no supervisor lived either, it wrote without one.
        var lives = processes.SupervisorLives();
        heartbeats.Look(lives || supervised);
        supervised = lives;
    }

    /// <summary>All that is there, a line each.</summary>
    public void List(TextWriter output)
    {
        foreach (var qemu in processes.Qemus())
            output.WriteLine($"qemu {qemu.Vm} {qemu.Life} {qemu.Pid}");
        foreach (var (name, vm) in devices.Taps())
            output.WriteLine($"tap {vm} {name}");
        foreach (var (name, file) in devices.Loops())
            output.WriteLine($"loop {Path.GetFileNameWithoutExtension(file)} {name}");
        foreach (var name in ActiveVolumes())
            output.WriteLine($"volume {name}");
        foreach (var (vm, life) in RunDirectories().Where(d => d.Life.All(char.IsAsciiDigit)))
            output.WriteLine($"directory {vm} {life}");
    }

    /// <summary>Nothing may be left, and every life has had its end.</summary>
    public void End(TextWriter output)
    {
        hooks.AtTheEnd();
        string[] left =
        [
            .. processes.Everything().Select(p => $"process {p.Pid}: {p.Line}"),
            .. devices.Taps().Select(t => $"tap device {t.Name} of vm {t.Vm}"),
            .. devices.Loops().Select(l => $"loop device {l.Name} with {l.File}"),
            .. ActiveVolumes().Select(v => $"active volume {v}"),
            .. RunDirectories().Select(d => $"run directory of vm {d.Vm} life {d.Life}"),
            .. SavedMemory().Select(f => $"saved memory {f}"),
        ];
        foreach (var one in left)
            violations.Add($"left at the end: {one}");
        output.WriteLine($"figures lives {hooks.Lives} silent-lives {hooks.Silent} processes {rules.Seen} volume-calls {volumes.Calls} beats {heartbeats.Beats} orphan-beats {heartbeats.Orphans}");
    }

    private void See(string line)
    {
        switch (Note.Parse(line))
        {
            case HookNote hook:
                if (hook is { Word: "begin", Phase: "pre-start" })
                    volumes.SeeStart(hook);
                hooks.See(hook);
                break;
            case VolumeNote volume:
                volumes.See(volume);
                break;
            default:
                violations.Add($"not a line of a witness: {line}");
                break;
        }
    }

    private IEnumerable<string> ActiveVolumes() =>
        Directory.Exists(place.Volumes) ? Directory.EnumerateFiles(place.Volumes, "*.active").Select(f => Path.GetFileNameWithoutExtension(f)) : [];

    private string[] SavedMemory() =>
        Directory.Exists(place.SavedMemory) ? Directory.GetFiles(place.SavedMemory, "*", SearchOption.AllDirectories) : [];

    private IEnumerable<(string Vm, string Life)> RunDirectories() => Directory.Exists(place.RunDirectories)
        ? Directory.GetDirectories(place.RunDirectories).SelectMany(Directory.GetDirectories)
            .Select(d => (Path.GetFileName(Path.GetDirectoryName(d)!), Path.GetFileName(d)))
        : [];
}
