using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Hocon;

namespace VmSupervisor.Cli.Definitions;

/// <summary>Makes the paths in a definition absolute: the daemon runs elsewhere and must not guess.</summary>
internal static class DefinitionPaths
{
    private static readonly string[] PathKeys = ["kernel", "initrd", "bios"];

    public static HoconObject MakeAbsolute(HoconObject root, string directory)
    {
        return Change(root, DefinitionReader.RootKey, vm => InObject(vm, Vm));

        HoconObject Vm(HoconObject vm)
        {
            vm = PathKeys.Aggregate(vm, (changed, key) => Change(changed, key, PathValue));
            vm = Change(vm, "hooks", hooks => InArray(hooks, PathValue));
            return Change(vm, "disks", disks => InArray(disks, disk => InObject(disk, fields => Change(Change(fields, "path", PathValue), "script", PathValue))));
        }

        // What no path can be stays what it is: a fault.
        HoconValue PathValue(HoconValue value) => value is HoconString { Text.Length: > 0 } text && !text.Text.Contains('\0')
            ? new HoconString(Path.GetFullPath(text.Text, directory), text.Origin)
            : value;
    }

    private static HoconObject Change(HoconObject holder, string key, Func<HoconValue, HoconValue> change) =>
        new(holder.Fields.Select(field => field.Key == key ? field with { Value = change(field.Value) } : field), holder.Origin);

    private static HoconValue InObject(HoconValue value, Func<HoconObject, HoconObject> change) =>
        value is HoconObject holder ? change(holder) : value;

    private static HoconValue InArray(HoconValue value, Func<HoconValue, HoconValue> change) =>
        value is HoconArray items ? new HoconArray(items.Select(change), items.Origin) : value;
}
