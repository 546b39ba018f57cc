namespace VmSupervisor.Hocon;

/// <summary>A key of an object and its value.</summary>
/// <param name="Key">The key, one element of a path, without quotes.</param>
/// <param name="KeyOrigin">Where the key was written; where it was written last when it was set several times.</param>
/// <param name="Value">Its value.</param>
public sealed record HoconField(string Key, HoconOrigin KeyOrigin, HoconValue Value);
