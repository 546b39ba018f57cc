using FsCheck;
using FsCheck.Fluent;

namespace VmSupervisor.Hocon.Tests;

/// <summary>Values, texts and documents for the properties of this project.</summary>
internal static class Arbitraries
{
    public static readonly HoconOrigin Origin = new("generated", 1, 1);

    /// <summary>Pieces of the language, so that most texts are nearly right.</summary>
    public static readonly Gen<string> Texts = Gen.Elements(
            "a", "b", "c.d", "x y", " ", "\n", "\r\n", ",", ",", "=", "=", ":", "+=", "{", "}", "{", "}", "[", "]", "1", "-", "2.50", "1e5",
            "true", "null", "\"q\"", "\"\\u00e9\"", "\"\"\"t\n\"\"\"", "\"", "\\", "${a}", "${?a}", "${c.d}", "${?b.c}", "${", "}", "$", "#z\n",
            "//z\n", "/", "include ", "include \"f\"\n", "512 MiB", "*", "\ufeff", "\u00a0", "a=1\n", "b={a=${?a}}\n", "a=${?a}[1]\n", "c.d=${?b}\n")
        .ListOf().Select(pieces => string.Concat(pieces));

    public static readonly Gen<string> Strings = Gen.OneOf(
        Gen.Elements("", "true", "null", "include", "a.b", "//", "512 MiB", "0", "-1", "\"", "\\", "\r\n", "\u0000", "é", "😀", "${a}", " x "),
        Gen.Choose(0, 0xd7ff).Select(c => (char)c).ListOf().Select(chars => string.Concat(chars)),
        Gen.Choose(32, 126).Select(c => (char)c).ListOf().Select(chars => string.Concat(chars)),
        from before in Gen.Choose(55, 62) from after in Gen.Choose(0, 3) select new string('a', before) + string.Concat(Enumerable.Repeat("😀", after)));

    /// <summary>What settings are written as: right, nearly right and wrong.</summary>
    public static readonly Gen<string> SettingTexts = Gen.OneOf(
        Strings,
        from number in Gen.Elements("0", "1", "-1", "1.5", "0x10", "1e3", "9223372036854775807", "9223372036854775808", " 7 ", "")
        from unit in Gen.Elements("", "s", " ms", "m", " minutes", "MiB", " KiB", "k", "B", "%", "days", "S")
        select number + unit,
        Gen.Elements("yes", "no", "on", "off", "true", "false", "TRUE"));

    public static Gen<List<T>> Few<T>(Gen<T> one) =>
        Gen.Choose(0, 4).SelectMany(count => one.ListOf(count)).Select(items => items.ToList());

    public static Gen<HoconValue> Values(int depth)
    {
        var scalars = Gen.OneOf(
            Strings.Select(text => (HoconValue)new HoconString(text, Origin)),
            Gen.Elements("0", "-0", "1.50", "1e5", "-12.5E-3", "9223372036854775808").Select(text => (HoconValue)new HoconNumber(text, Origin)),
            Gen.Elements(true, false).Select(value => (HoconValue)new HoconBoolean(value, Origin)),
            Gen.Constant((HoconValue)new HoconNull(Origin)));
        return depth == 0
            ? scalars
            : Gen.OneOf(
                scalars,
                Arrays(depth - 1).Select(value => (HoconValue)value),
                Objects(depth - 1).Select(value => (HoconValue)value));
    }

    public static Gen<HoconArray> Arrays(int depth) => Few(Values(depth)).Select(items => new HoconArray(items, Origin));

    public static Gen<HoconObject> Objects(int depth) =>
        from keys in Few(Strings)
        from values in Values(depth).ListOf(keys.Count)
        select new HoconObject(keys.Zip(values, (key, value) => new HoconField(key, Origin, value)), Origin);

    /// <summary>A document as a person would write it, with substitutions, and some of its bytes changed, added or left out.</summary>
    public static readonly Gen<byte[]> DamagedDocuments =
        from document in Objects(2)
        from tail in Gen.Elements("", "z = ${?q} [1]\n", "y = \"\"\"t\"\"\"\n", "x = [ ${?q} ]\n", "w { v = 1, u = ${w.v} }\n")
        from damages in Gen.Choose(1, 4).SelectMany(count => Gen.Choose(0, int.MaxValue).Three().ListOf(count))
        select damages.Aggregate(System.Text.Encoding.UTF8.GetBytes(HoconRenderer.Render(document) + tail), Damage);

    private static byte[] Damage(byte[] bytes, (int Kind, int Place, int Byte) damage)
    {
        var place = damage.Place % (bytes.Length + 1);
        return (damage.Kind % 3) switch
        {
            0 => [.. bytes[..place], (byte)damage.Byte, .. bytes[place..]],
            1 when place < bytes.Length => [.. bytes[..place], (byte)damage.Byte, .. bytes[(place + 1)..]],
            _ => [.. bytes[..place], .. bytes[Math.Min(place + 1, bytes.Length)..]],
        };
    }
}
