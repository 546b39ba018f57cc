using System.Globalization;

namespace VmSupervisor.Resources.Cgroups;

/// <summary>How many processes of a group the kernel has killed because the group had no memory left.</summary>
internal static class OomKills
{
    // Version 2 and version 1; both count in a line of the same form.
    private static readonly string[] Files = ["memory.events", "memory.oom_control"];

    /// <exception cref="IOException">The group is not there any more.</exception>
    public static long Of(string group, ICgroupFiles files)
    {
        foreach (var file in Files.Select(name => Path.Combine(group, name)).Where(files.Exists))
        {
            foreach (var line in files.Read(file).Split('\n'))
            {
                if (line.Split(' ') is ["oom_kill", var count] && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    return number;
            }
        }

        return 0;
    }
}
