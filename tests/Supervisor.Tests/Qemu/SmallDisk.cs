using System.Diagnostics;

namespace VmSupervisor.Supervisor.Tests.Qemu;

/// <summary>A file system with room for little; needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string path;

    public SmallDisk(string path, string size)
    {
        this.path = Directory.CreateDirectory(path).FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={size}", "small", path);
    }

    public void Dispose() => Run("umount", "--lazy", path);

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
