namespace VmSupervisor.Supervisor.Tests.Qemu;

/// <summary>A directory of one test's own, with a short path (sockets), gone afterwards.</summary>
internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vq").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
