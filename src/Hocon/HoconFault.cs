namespace VmSupervisor.Hocon;

/// <summary>One thing that is wrong with a configuration: where, which key, what was found and what is allowed.</summary>
/// <param name="Origin">Where it was found.</param>
/// <param name="Key">The path of the setting, such as <c>vm.disks[0].path</c>; empty when the text itself is at fault.</param>
/// <param name="Message">What was found and what is allowed, on one line.</param>
public sealed record HoconFault(HoconOrigin Origin, string Key, string Message)
{
    /// <summary><c>file:line:column: key: message</c>, without the key where there is none.</summary>
    public override string ToString() => Key.Length == 0 ? $"{Origin}: {Message}" : $"{Origin}: {Key}: {Message}";
}
