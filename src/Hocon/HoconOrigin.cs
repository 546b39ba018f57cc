namespace VmSupervisor.Hocon;

/// <summary>Where something was written. Prints as <c>file:line:column</c>, which editors and terminals understand.</summary>
/// <param name="File">The file as its reader named it, or what stands for it, such as <c>--set</c>.</param>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Column">The column, counted from 1 in characters (a tab is one, a surrogate pair is one).</param>
public readonly record struct HoconOrigin(string File, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
