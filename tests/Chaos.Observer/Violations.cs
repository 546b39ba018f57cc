namespace VmSupervisor.Chaos.Observer;

/// <summary>Tells each broken invariant once.</summary>
internal sealed class Violations(TextWriter output)
{
    private readonly HashSet<string> told = [];

    public int Count => told.Count;

    public IReadOnlyCollection<string> Told => told;

    public void Add(string what)
    {
        if (!told.Add(what))
            return;
        output.WriteLine($"violation {what}");
        output.Flush();
    }
}
