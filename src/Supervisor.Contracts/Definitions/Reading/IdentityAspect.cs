namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class IdentityAspect
{
    public static (VmId Id, string Name) Read(Fields vm)
    {
        var number = vm.Required("id", $"a whole number from 1 to {VmId.MaxValue}")?.Whole(1, VmId.MaxValue);
        var id = new VmId((int)(number ?? 0));
        var name = vm.Find("name")?.Text(VmName.Allowed, VmName.IsValid);
        return (id, name ?? $"vm-{id}");
    }
}
