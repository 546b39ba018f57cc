using System.Globalization;

namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class NicAspect
{
    private const string Allowed = "a list of network interfaces, [ { type = user, mac = auto } ]";
    private const string AllowedMac = "auto, or a unicast address such as 52:54:00:12:34:56";

    public static ValueList<NicDefinition> Read(Fields vm)
    {
        var nics = new List<NicDefinition>();
        foreach (var fields in vm.Objects("nics", Allowed))
        {
            var nic = ReadOne(fields);
            if (nic.Mac is not null && nics.Any(other => other.Mac == nic.Mac))
                fields.Fault("mac", $"{nic.Mac} twice", "each address once");
            nics.Add(nic);
        }

        return nics.ToValueList();
    }

    private static NicDefinition ReadOne(Fields nic)
    {
        var type = nic.Find("type");
        var isTap = type?.Scalar == "tap";
        if (isTap)
            type!.Fault("user (tap devices come with a later version)");
        else
            type?.Member<NicType>();

        var bridge = nic.Find("bridge");
        if (!isTap)
            bridge?.Fault("a bridge on a nic of type user", "no bridge (user networks need nothing of the host)");
        var mac = nic.Find("mac");
        nic.RefuseUnknown();
        return new NicDefinition { Type = NicType.User, Mac = mac is null ? null : ReadMac(mac) };
    }

    private static string? ReadMac(Field field)
    {
        var text = field.Text(AllowedMac, value => value == "auto" || IsUnicast(value));
        return text is null or "auto" ? null : text.ToLowerInvariant();
    }

    private static bool IsUnicast(string text)
    {
        var octets = text.Split(':');
        return octets.Length == 6
            && octets.All(octet => octet.Length == 2 && octet.All(char.IsAsciiHexDigit))
            && octets.Any(octet => octet != "00")
            && (byte.Parse(octets[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & 1) == 0;
    }
}
