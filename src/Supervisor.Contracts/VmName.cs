namespace VmSupervisor.Contracts;

/// <summary>The rules for names of VMs.</summary>
public static class VmName
{
    /// <summary>The longest name: that of a host name's label, which many guests are called after.</summary>
    public const int MaxLength = 63;

    /// <summary>The rules in words, for error messages.</summary>
    public const string Allowed = "1 to 63 letters, digits and . _ -, beginning with a letter, digit or _, and not a number";

    /// <summary>
    /// Whether the text may be a name. A number could not be told from an id; a name that begins with <c>-</c> is an
    /// option to every tool, with <c>.</c> a hidden file or a way up.
    /// </summary>
    public static bool IsValid(string text) =>
        text.Length is >= 1 and <= MaxLength
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        && text[0] is not ('-' or '.')
        && !text.All(char.IsAsciiDigit);
}
