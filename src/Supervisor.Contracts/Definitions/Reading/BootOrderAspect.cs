using System.Globalization;

namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class BootOrderAspect
{
    public static ValueList<string> Read(Fields vm)
    {
        if (vm.Find("boot") is not { } list)
            return [];
        var known = Names("disk", vm.CountOf("disks")).Concat(Names("net", vm.CountOf("nics"))).ToArray();
        var allowed = known.Length > 0
            ? $"{string.Join(", ", known)}: disks and nics by their places"
            : "nothing (there are neither disks nor nics)";
        var order = new List<string>();
        foreach (var field in list.Items("a list of disks and nics by their places, [ disk0, net0 ]"))
        {
            if (field.Text(allowed, known.Contains) is not { } name)
                continue;
            if (order.Contains(name))
                field.Fault($"{name} twice", "each device once");
            order.Add(name);
        }

        return order.ToValueList();
    }

    private static IEnumerable<string> Names(string kind, int count) =>
        Enumerable.Range(0, count).Select(place => string.Create(CultureInfo.InvariantCulture, $"{kind}{place}"));
}
