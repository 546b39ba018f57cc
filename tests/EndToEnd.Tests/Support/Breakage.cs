using System.Diagnostics;
using System.Globalization;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>Something on the host that makes a step fail, until it is mended.</summary>
/// <param name="Reason">What the supervisor is to say of it, as a regular expression.</param>
/// <param name="mend">Mends it.</param>
internal sealed class Breakage(string reason, Action mend) : IDisposable
{
    private bool isMended;

    public string Reason => reason;

    public void Mend()
    {
        if (!isMended)
            mend();
        isMended = true;
    }

    public void Dispose() => Mend();

    /// <summary>Has a file elsewhere.</summary>
    public static Breakage Missing(string file, string reason)
    {
        File.Move(file, file + ".away");
        return new(reason, () => File.Move(file + ".away", file));
    }

    /// <summary>Has a file that means no.</summary>
    public static Breakage Said(string file, string reason)
    {
        File.WriteAllText(file, "");
        return new(reason, () => File.Delete(file));
    }

    /// <summary>Makes a directory read-only, as a file system is after an error.</summary>
    public static Breakage ReadOnly(string directory, string reason)
    {
        Programs.Run("mount", "--bind", directory, directory);
        Programs.Run("mount", "-o", "remount,bind,ro", directory);
        return new(reason, () => Programs.Run("umount", directory));
    }

    /// <summary>Mounts something in a directory, which then cannot be removed.</summary>
    public static Breakage Mounted(string directory, string reason)
    {
        var place = Directory.CreateDirectory(Path.Combine(directory, "mounted")).FullName;
        Programs.Run("mount", "-t", "tmpfs", "tmpfs", place);
        return new(reason, () => Programs.Run("umount", place));
    }

    /// <summary>
    /// Gives the name of an interface to the one that the kernel lets nobody delete: lo.
    /// </summary>
    public static Breakage Undeletable(string name, string reason)
    {
        Programs.Run("ip", "link", "delete", name);
        Programs.Run("ip", "link", "property", "add", "dev", "lo", "altname", name);
        return new(reason, () => Programs.Run("ip", "link", "property", "del", "dev", "lo", "altname", name));
    }

    /// <summary>Has a process that is nobody's business keep a file open.</summary>
    public static Breakage Open(string file, string reason) => Bystander(Process.Start("sh", ["-c", $"exec sleep 1000 <{file}"]), reason);

    /// <summary>Has a process that is nobody's business live in control groups.</summary>
    public static Breakage Inhabited(IReadOnlyList<string> groups, string reason)
    {
        var made = groups.Where(g => !Directory.Exists(g)).ToArray();
        foreach (var group in made)
            Directory.CreateDirectory(group);
        var process = Process.Start("sleep", "1000");
        foreach (var group in groups)
            File.WriteAllText(Path.Combine(group, "cgroup.procs"), process.Id.ToString(CultureInfo.InvariantCulture));
        var bystander = Bystander(process, reason);
        return new(reason, () =>
        {
            bystander.Mend();
            foreach (var group in made)
            {
                Directory.Delete(group);
                Directory.Delete(Path.GetDirectoryName(group)!);
            }
        });
    }

    private static Breakage Bystander(Process process, string reason) => new(reason, () =>
    {
        Assert.False(process.HasExited, "a process that has nothing to do with it was ended");
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    });
}
