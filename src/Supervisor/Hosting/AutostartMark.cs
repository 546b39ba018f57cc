using VmSupervisor.Linux;

namespace VmSupervisor.Hosting;

/// <summary>Where the boot is written down whose VMs have been started with the host.</summary>
internal interface IAutostartMark
{
    /// <summary>Where it is, for a person.</summary>
    string Place { get; }

    /// <summary>The boot; null when there was none yet.</summary>
    string? Read();

    /// <summary>Returns when it is durable.</summary>
    void Write(string bootId);
}

/// <summary>A file of the state directory.</summary>
internal sealed class AutostartMark(string stateDirectory) : IAutostartMark
{
    public string Place { get; } = Path.Combine(stateDirectory, "autostarted");

    public string? Read() => File.Exists(Place) ? File.ReadAllText(Place) : null;

    public void Write(string bootId) => DurableFile.Replace(Place, bootId);
}
