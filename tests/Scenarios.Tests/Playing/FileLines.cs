namespace VmSupervisor.Scenarios.Tests.Playing;

/// <summary>How copies of disks and guests' memory are told; paths start at the run's own directory.</summary>
internal static class FileLines
{
    public static string Unfinished(string copy) => $"{copy} is unfinished";

    /// <param name="life">The VM and the incarnation, with a dash between them.</param>
    public static string Memory(string life) => $"memory of {life.Replace('-', '/')}";
}
