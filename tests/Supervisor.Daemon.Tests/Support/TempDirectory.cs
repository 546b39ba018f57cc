namespace VmSupervisor.Supervisor.Daemon.Tests.Support;

/// <summary>A directory of the test's own, gone at its end.</summary>
internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vmsupd-test-").FullName;

    public string State => System.IO.Path.Combine(Path, "state");

    public string Run => System.IO.Path.Combine(Path, "run");

    public string Socket => System.IO.Path.Combine(Run, "vmsupd.sock");

    public string Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
