namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>A bridge of one test's own.</summary>
internal sealed class Bridge : IDisposable
{
    public Bridge(Node node, string? address = null)
    {
        Name = $"b{node.Name}";
        Programs.Run("ip", "link", "add", Name, "type", "bridge");
        if (address is not null)
            Programs.Run("ip", "address", "add", address, "dev", Name);
        Programs.Run("ip", "link", "set", Name, "up");
    }

    public string Name { get; }

    public IReadOnlyList<string> Ports() => [.. Directory.GetFileSystemEntries($"/sys/class/net/{Name}/brif").Select(path => Path.GetFileName(path)).Order()];

    public void Dispose() => Programs.Run("ip", "link", "delete", Name);
}
