namespace VmSupervisor.Resources.Cgroups;

/// <summary>
/// The files of control groups. The kernel fills a directory that is made here, and removes one with all its files: no
/// other file system does, so tests have their own. Failures are <see cref="IOException"/> or
/// <see cref="UnauthorizedAccessException"/>.
/// </summary>
internal interface ICgroupFiles
{
    /// <summary>Whether this directory or file exists.</summary>
    bool Exists(string path);

    /// <summary>What is in a file.</summary>
    string Read(string path);

    /// <summary>Writes to a file that exists, in one call.</summary>
    void Write(string path, string text);

    /// <summary>Makes a group, if it is not there.</summary>
    void Make(string directory);

    /// <summary>Removes a group that has neither processes nor groups in it.</summary>
    void Remove(string directory);
}

/// <summary>The kernel's.</summary>
internal sealed class CgroupFiles : ICgroupFiles
{
    public bool Exists(string path) => Path.Exists(path);

    public string Read(string path) => File.ReadAllText(path);

    public void Write(string path, string text)
    {
        // Without a buffer the refusal comes from the write, not from the close.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }

    public void Make(string directory) => Directory.CreateDirectory(directory);

    public void Remove(string directory) => Directory.Delete(directory);
}
