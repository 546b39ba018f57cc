namespace VmSupervisor.Qemu;

/// <summary>A directory with the names that QEMU looks for, each a link to a file of the node's.</summary>
internal static class TlsDirectory
{
    /// <summary>Makes it, or makes it anew. Links, so that what is renewed is what QEMU reads at the next migration.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static string Make(string path, string authority, string certificate, string key)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Link(path, "ca-cert.pem", authority);
        foreach (var end in new[] { "server", "client" })
        {
            Link(path, $"{end}-cert.pem", certificate);
            Link(path, $"{end}-key.pem", key);
        }

        return path;
    }

    private static void Link(string directory, string name, string to)
    {
        var link = Path.Combine(directory, name);
        File.Delete(link);
        File.CreateSymbolicLink(link, to);
    }
}
