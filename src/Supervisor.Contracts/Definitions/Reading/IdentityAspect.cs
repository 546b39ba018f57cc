namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class IdentityAspect
{
    private const int LongestName = 63;

    public static (VmId Id, string Name) Read(Fields vm)
    {
        var number = vm.Required("id", $"a whole number from 1 to {VmId.MaxValue}")?.Whole(1, VmId.MaxValue);
        var id = new VmId((int)(number ?? 0));
        var name = vm.Find("name")?.Text(
            $"1 to {LongestName} letters, digits and . _ -, beginning with a letter, digit or _, and not a number", IsName);
        return (id, name ?? $"vm-{id}");
    }

    // A name that is a number could not be told from an id; one that begins with - is an option, with . a hidden file.
    private static bool IsName(string text) =>
        text.Length is >= 1 and <= LongestName
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        && text[0] is not ('-' or '.')
        && !text.All(char.IsAsciiDigit);
}
