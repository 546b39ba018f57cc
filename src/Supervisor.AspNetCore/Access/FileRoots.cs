namespace VmSupervisor.AspNetCore.Access;

/// <summary>Directories in which callers who are no admins may have files read and written.</summary>
/// <remarks>
/// What is checked is what is there now: symbolic links are followed, and of what is not there yet the directory that is.
/// Whoever could exchange a file for a link afterwards would get past it, so those who are kept in a root must not be able to
/// write there by other ways.
/// </remarks>
internal sealed class FileRoots(IEnumerable<string> roots)
{
    private const int MostLinks = 40;

    private readonly string[] _roots = [.. roots.Select(Path.TrimEndingDirectorySeparator)];

    /// <summary>Why a path is not allowed; null when it leads into one of the directories.</summary>
    public string? WhyNot(string path)
    {
        if (!path.StartsWith('/') || path.Any(char.IsControl))
            return "it is no absolute path";

        // Also where it would lead back into the root: what a person reads is to be what it means.
        if (path.Split('/').Any(part => part is "." or ".."))
            return "it has a part . or ..";
        if (Resolve(path) is not { } resolved)
            return "its symbolic links cannot be followed";
        return _roots.Any(root => Resolve(root) is { } real && resolved.StartsWith(real == "/" ? real : real + "/", StringComparison.Ordinal))
            ? null
            : $"it leads to {resolved}, which is in none of the directories allowed (vmsup.access.roots)";
    }

    /// <summary>The path without symbolic links; null when there are too many, or they cannot be read.</summary>
    public static string? Resolve(string path)
    {
        var parts = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var done = new List<string>();
        var links = 0;
        try
        {
            while (parts.TryPop(out var part))
            {
                if (part == ".")
                    continue;
                if (part == "..")
                {
                    if (done.Count > 0)
                        done.RemoveAt(done.Count - 1);
                    continue;
                }

                var here = $"/{string.Join('/', done.Append(part))}";
                if (new FileInfo(here).LinkTarget is not { } target)
                {
                    done.Add(part);
                    continue;
                }

                if (++links > MostLinks)
                    return null;
                if (target.StartsWith('/'))
                    done.Clear();
                foreach (var one in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                    parts.Push(one);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }

        return $"/{string.Join('/', done)}";
    }
}
