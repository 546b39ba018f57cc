using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VmSupervisor.Contracts;
using VmSupervisor.Linux;

namespace VmSupervisor.Resources.Taps;

/// <summary>What a tap device is called, and its own hardware address: the same for every life of a VM.</summary>
internal static class TapName
{
    /// <summary>Interfaces of a VM that can be told apart: one letter each.</summary>
    public const int MostPlaces = 26;

    private const int LongestInDecimal = 99_999_999;
    private const string Digits = "0123456789abcdefghijklmnopqrstuv";

    /// <summary>
    /// <c>t</c>, the VM's number, a letter for the place, and letters that stand for the node: five at least (one chance
    /// in 33 million that two nodes on a host have the same), eight for short numbers.
    /// </summary>
    public static string Of(ResourceOwner owner, int place)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, MostPlaces);

        // Nine digits are too many; they take six in base 32, after a zero, with which no other number begins.
        var number = owner.Vm.Value > LongestInDecimal ? "0" + Base32(owner.Vm.Value) : owner.Vm.ToString();
        var name = string.Create(CultureInfo.InvariantCulture, $"t{number}{(char)('a' + place)}");
        return name + Hash(owner.Node, Math.Min(8, TapDevice.LongestName - name.Length));
    }

    /// <summary>
    /// An address of its own that begins with <c>fe</c>: a bridge without a fixed one takes the least of its ports', and
    /// its hosts would lose sight of it with every guest that comes and goes.
    /// </summary>
    public static byte[] AddressOf(ResourceOwner owner, int place) =>
        [0xfe, .. SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{owner.Node}/{owner.Vm}/tap/{place}"))).AsSpan(0, 5)];

    private static string Base32(int number)
    {
        var text = "";
        for (; number > 0; number /= 32)
            text = Digits[number % 32] + text;
        return text;
    }

    private static string Hash(string node, int length) =>
        string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(node)).Take(length).Select(b => Digits[b & 31]));
}
