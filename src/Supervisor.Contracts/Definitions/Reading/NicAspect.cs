using System.Globalization;

namespace VmSupervisor.Contracts.Definitions.Reading;

internal static class NicAspect
{
    private const string Allowed = "a list of network interfaces, [ { type = user, mac = auto } ]";
    private const string AllowedBridge = "the name of a bridge: 1 to 15 bytes, no blanks, slashes or colons";
    private const int MostNics = 26;
    private const string AllowedMac = "auto, or a unicast address such as 52:54:00:12:34:56";

    public static ValueList<NicDefinition> Read(Fields vm)
    {
        var nics = new List<NicDefinition>();
        foreach (var fields in vm.Objects("nics", Allowed))
        {
            var nic = ReadOne(fields, nics.SelectMany(earlier => earlier.Forward));
            if (nics.Count == MostNics)
                fields.Fault("type", $"more than {MostNics} interfaces", $"{MostNics} (the names of tap devices have one letter for it)");
            if (nic.Mac is not null && nics.Any(other => other.Mac == nic.Mac))
                fields.Fault("mac", $"{nic.Mac} twice", "each address once");
            nics.Add(nic);
        }

        return nics.ToValueList();
    }

    private static NicDefinition ReadOne(Fields nic, IEnumerable<PortForward> forwards)
    {
        var type = nic.Find("type")?.Kind(NicType.OwnPrefix, NicType.User, NicType.Tap) ?? NicType.User;
        var bridge = ReadBridge(nic, type);
        var mac = nic.Find("mac");
        var definition = new NicDefinition
        {
            Type = type,
            Bridge = bridge,
            Mac = mac is null ? null : ReadMac(mac),
            Vlan = (int?)NotForUser(nic, "vlan", type)?.Whole(1, 4094),
            Mtu = (int?)NotForUser(nic, "mtu", type)?.Whole(68, 65521),
            Queues = (int)(NotForUser(nic, "queues", type)?.Whole(1, 256) ?? 1),
            Link = nic.Find("link")?.Member<NicLink>() ?? NicLink.Up,
            Forward = ForwardAspect.Read(nic, type, forwards),
        };
        nic.RefuseUnknown();
        return definition;
    }

    private static string? ReadBridge(Fields nic, string type)
    {
        var bridge = nic.Find("bridge");
        switch (type)
        {
            case NicType.User:
                bridge?.Fault("a bridge on a nic of type user", "no bridge (user networks need nothing of the host)");
                return null;
            case NicType.Tap:
                if (bridge is null)
                    nic.Fault("bridge", "nothing", AllowedBridge);
                return bridge?.Text(AllowedBridge, IsInterfaceName);
            default:
                return bridge?.Text("text");
        }
    }

    /// <summary>A value of a key that QEMU's user networks do not have.</summary>
    private static Field? NotForUser(Fields nic, string key, string type)
    {
        var field = nic.Find(key);
        if (field is null || type != NicType.User)
            return field;
        field.Fault($"{key} on a nic of type user", $"no {key} (type = tap has one)");
        return null;
    }

    // As the kernel's dev_valid_name.
    private static bool IsInterfaceName(string text) =>
        System.Text.Encoding.UTF8.GetByteCount(text) is >= 1 and <= 15 && text is not ("." or "..") && !text.Any(c => c is '/' or ':' || char.IsWhiteSpace(c));

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
