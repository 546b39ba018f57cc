namespace VmSupervisor.Qemu;

/// <summary>Finds executables as a shell does.</summary>
internal static class ExecutableSearch
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The absolute path of a name along <c>PATH</c>, or of a path; null when there is no such executable.</summary>
    public static string? Find(string nameOrPath) => nameOrPath.Contains('/')
        ? IsExecutable(nameOrPath) ? Path.GetFullPath(nameOrPath) : null
        : QemuEnvironment.Path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.GetFullPath(Path.Combine(directory, nameOrPath)))
            .FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string path) => File.Exists(path) && (new FileInfo(path).UnixFileMode & Executable) != 0;
}
