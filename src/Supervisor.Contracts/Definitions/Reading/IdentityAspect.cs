namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class IdentityAspect
{
    public static (VmId Id, string Name, string? Uuid) Read(Fields vm)
    {
        var number = vm.Required("id", $"a whole number from 1 to {VmId.MaxValue}")?.Whole(1, VmId.MaxValue);
        var id = new VmId((int)(number ?? 0));
        var name = vm.Find("name")?.Text(VmName.Allowed, VmName.IsValid);
        var uuid = vm.Find("uuid")?.Text("a UUID, such as 8f1f2b1e-d6e0-4d0c-9a5b-3f6f0c6e7a41; leave it out to have one made", text => Guid.TryParseExact(text, "D", out _));
        return (id, name ?? $"vm-{id}", uuid?.ToLowerInvariant());
    }
}
