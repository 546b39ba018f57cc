namespace VmSupervisor.Hocon;

/// <summary>What a text may do while it is read.</summary>
public sealed record HoconOptions
{
    /// <summary>Plain text only: a substitution, like an include, is refused where it stands. For texts from elsewhere.</summary>
    public static HoconOptions Literal { get; } = new() { Substitutions = false };

    /// <summary>Substitutions within the text, but neither includes nor the environment.</summary>
    public static HoconOptions SelfContained { get; } = new();

    /// <summary>Includes from the file system and the environment of this process, as a person at a prompt expects.</summary>
    public static HoconOptions Local { get; } = new()
    {
        Includes = new HoconFileIncludes(),
        Environment = System.Environment.GetEnvironmentVariable,
    };

    /// <summary>Finds included texts; null (the default) refuses <c>include</c>.</summary>
    public IHoconIncludes? Includes { get; init; }

    /// <summary>
    /// Finds an environment variable, or null when it is not set; what is set to the empty string is an empty string.
    /// Null (the default): the environment is not looked at, so <c>${?X}</c> finds only what the texts define.
    /// </summary>
    public Func<string, string?>? Environment { get; init; }

    /// <summary>Whether <c>${x}</c> is resolved (the default) or refused.</summary>
    public bool Substitutions { get; init; } = true;

    /// <summary>
    /// How deep objects, arrays, key paths and includes may nest; 200 unless told. Far more than a person writes, and
    /// far less than what would exhaust the stack of a thread.
    /// </summary>
    public int MaxDepth { get; init; } = 200;

    /// <summary>
    /// How large the resolved tree may become, in characters and values, written out; 4 Mi unless told. Substitutions
    /// double what they copy, so a short text could otherwise ask for any amount of memory.
    /// </summary>
    public long MaxSize { get; init; } = 4 * 1024 * 1024;
}
