namespace VmSupervisor.Contracts.Definitions.Reading;

internal readonly record struct CpuAspect(int Cpus, CpuTopology? Topology, string? Model, ValueList<string> Flags)
{
    // The most that q35 of QEMU 7.2 takes without an interrupt remapper.
    private const int MostCpus = 255;

    private const int LongestName = 64;
    private const string AllowedModel = "a CPU model of QEMU, such as host, max, qemu64, Skylake-Server (how many there are is cpus)";
    private const string AllowedTopology = "an object, { sockets = 1, dies = 1, cores = 4, threads = 2 }";

    public static CpuAspect Read(Fields vm, Accelerator accel)
    {
        var cpus = vm.Find("cpus")?.Whole(1, MostCpus);
        var topology = ReadTopology(vm, cpus);
        var model = ReadModel(vm, accel);
        return new((int)(cpus ?? topology?.Total ?? 1), topology, model, ReadFlags(vm));
    }

    private static CpuTopology? ReadTopology(Fields vm, long? cpus)
    {
        if (vm.Find("topology") is not { } field || field.Object(AllowedTopology) is not { } fields)
            return null;
        var topology = new CpuTopology(Level(fields, "sockets"), Level(fields, "dies"), Level(fields, "cores"), Level(fields, "threads"));
        fields.RefuseUnknown();
        if (topology.Total > MostCpus)
            field.Fault($"{topology.Total} CPUs", $"a product of at most {MostCpus}");
        else if (cpus is { } number && number != topology.Total)
            field.Fault($"{topology.Total} CPUs", $"a product of {number}, as cpus says (or no cpus)");
        return topology;
    }

    private static int Level(Fields topology, string key) => (int)(topology.Find(key)?.Whole(1, MostCpus) ?? 1);

    private static string? ReadModel(Fields vm, Accelerator accel)
    {
        if (vm.Find("cpu") is not { } field)
            return null;

        // A model of digits only, beside the 486, is a number that was meant for cpus.
        var model = field.Text(AllowedModel, text => IsName(text) && (text == "486" || !text.All(char.IsAsciiDigit)));
        if (model == "host" && accel == Accelerator.Tcg)
            field.Fault("host with accel tcg", "host only with accel = kvm or auto (max is all that tcg can do)");
        return model;
    }

    private static ValueList<string> ReadFlags(Fields vm)
    {
        var flags = new List<string>();
        var list = vm.Find("cpu-flags");
        foreach (var field in list?.Items("a list of features, [ \"+aes\", \"-vmx\" ]") ?? [])
        {
            if (field.Text("+NAME or -NAME", text => text.Length > 1 && text[0] is '+' or '-' && IsName(text[1..])) is not { } flag)
                continue;
            if (flags.Any(other => other.AsSpan(1).SequenceEqual(flag.AsSpan(1))))
                field.Fault($"{flag[1..]} twice", "each feature once");
            flags.Add(flag);
        }

        if (flags.Count > 0 && vm.Find("cpu") is null)
            list?.Fault("features without a model", "together with cpu, such as cpu = qemu64");
        return flags.ToValueList();
    }

    // No commas and equal signs: QEMU would split there.
    private static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName && text[0] != '-' && text != "help" && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
