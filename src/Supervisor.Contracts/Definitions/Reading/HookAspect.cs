namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class HookAspect
{
    public static ValueList<string> Read(Fields vm)
    {
        var hooks = new List<string>();
        foreach (var field in vm.Find("hooks")?.Items("a list of absolute paths") ?? [])
        {
            if (field.AbsolutePath() is not { } path)
                continue;
            if (hooks.Contains(path))
                field.Fault($"{path} twice", "each hook once (it is called at every phase)");
            hooks.Add(path);
        }

        return hooks.ToValueList();
    }
}
