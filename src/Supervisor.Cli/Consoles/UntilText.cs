using System.Text;

namespace VmSupervisor.Cli.Consoles;

/// <summary>Waits for a text in a stream of bytes, wherever they are cut.</summary>
internal sealed class UntilText(string text)
{
    private readonly byte[] wanted = Encoding.UTF8.GetBytes(text);
    private byte[] tail = [];

    /// <summary>Whether the text is there, with these bytes.</summary>
    public bool Sees(ReadOnlySpan<byte> bytes)
    {
        byte[] all = [.. tail, .. bytes];
        if (all.AsSpan().IndexOf(wanted) >= 0)
            return true;
        tail = all[^Math.Min(all.Length, wanted.Length - 1)..];
        return false;
    }
}
