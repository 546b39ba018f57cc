namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class QemuArgsAspect
{
    // Each of these takes QEMU out of the supervisor's hands: another process, another way to begin.
    private static readonly string[] Refused = ["daemonize", "incoming", "preconfig"];

    public static ValueList<string> Read(Fields vm)
    {
        var args = new List<string>();
        foreach (var field in vm.Find("qemu-args")?.Items("a list of strings, each one argument") ?? [])
        {
            if (field.Text("one argument") is not { } arg)
                continue;
            if (Refused.Contains(arg.TrimStart('-')) && arg.StartsWith('-'))
                field.Fault($"any argument but {string.Join(", ", Refused.Select(name => "-" + name))} (the supervisor launches QEMU itself)");
            args.Add(arg);
        }

        return args.ToValueList();
    }
}
