using FsCheck;
using FsCheck.Fluent;

namespace VmSupervisor.Arbitraries;

/// <summary>Texts and the configuration that all properties run with: a fixed seed, so that a run is the same run everywhere.</summary>
internal static class Texts
{
    /// <summary>Anything that can be said in UTF-8.</summary>
    public static readonly Gen<string> Any = Gen.OneOf(
        Gen.Elements("", " ", "a", "web-1", "\0", "\"", "\\", "\r\n", "é", "😀", "a,b=c", "null", "true", "7", "💾 日本", "</x>", "\u2028"),
        Gen.Choose(0, 0xd7ff).Select(c => (char)c).ListOf().Select(chars => string.Concat(chars)),
        Gen.Choose(32, 126).Select(c => (char)c).ListOf().Select(chars => string.Concat(chars)));

    public static Config Cases(int count) => Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(30).WithReplay(new Replay(new Rnd(20240617, 1), null));
}
