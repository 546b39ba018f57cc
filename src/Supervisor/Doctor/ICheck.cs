using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Doctor;

/// <summary>One thing to look at. What it throws counts as failed.</summary>
internal interface ICheck
{
    /// <summary>What it is called.</summary>
    string Name { get; }

    /// <summary>Looks. It may block: it has a thread of its own as long as it takes.</summary>
    Task<Finding> LookAsync(CancellationToken cancellationToken);
}

/// <summary>What a check found.</summary>
/// <param name="Status">How it is.</param>
/// <param name="Found">One line for a person.</param>
/// <param name="Remedy">What to do; null when there is nothing.</param>
internal sealed record Finding(DoctorStatus Status, string Found, string? Remedy)
{
    public static Finding Ok(string found) => new(DoctorStatus.Ok, found, null);

    public static Finding Warning(string found, string remedy) => new(DoctorStatus.Warning, found, remedy);

    public static Finding Failed(string found, string remedy) => new(DoctorStatus.Failed, found, remedy);

    /// <summary>Several things in one line; of many only the first.</summary>
    public static string Several(IReadOnlyCollection<string> things)
    {
        const int shown = 3;
        var more = things.Count - shown;
        return string.Join("; ", things.Take(shown)) + (more > 0 ? $"; and {more} more" : "");
    }
}
