namespace VmSupervisor.Cli.Consoles;

/// <summary>
/// Finds the way out among what is typed: the escape key, then <c>q</c> or <c>.</c>; the escape key twice is the key
/// itself, and with anything else both go to the guest.
/// </summary>
internal sealed class EscapeKey(byte? key)
{
    public const string Allowed = "a character, ^ and a letter or one of @[\\]^_ (^] is Ctrl-]), or none";

    /// <summary>Ctrl-], the usual one.</summary>
    public const byte ControlBracket = 0x1d;

    private bool pending;

    /// <summary>What a person calls it; null when there is none.</summary>
    public string? Name => key switch
    {
        null => null,
        < 0x20 => $"Ctrl-{(char)(key + 0x40)}",
        _ => $"{(char)key}",
    };

    public static bool TryParse(string? text, out byte? key)
    {
        key = text switch
        {
            { Length: 1 } when text[0] is > ' ' and < '\x7f' => (byte)text[0],
            ['^', >= '@' and <= '_' and var letter] => (byte)(letter - 0x40),
            ['^', >= 'a' and <= 'z' and var letter] => (byte)(letter - 0x60),
            _ => null,
        };
        return key is not null || text == "none";
    }

    /// <summary>What of it goes to the guest; true when the person wants to leave.</summary>
    public bool Take(ReadOnlySpan<byte> typed, List<byte> toGuest)
    {
        foreach (var next in typed)
        {
            if (!pending && next == key)
            {
                pending = true;
                continue;
            }

            if (pending && next != key && next is (byte)'q' or (byte)'Q' or (byte)'.')
                return true;
            if (pending && next != key)
                toGuest.Add(key!.Value);
            pending = false;
            toGuest.Add(next);
        }

        return false;
    }
}
