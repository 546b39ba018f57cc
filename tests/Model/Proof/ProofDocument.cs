namespace VmSupervisor.Model.Proof;

/// <summary>The parts of docs/proof.md that are generated, between markers.</summary>
internal static class ProofDocument
{
    public const string Mutants = "mutants";
    public const string Comparison = "comparison";
    public const string Explorations = "explorations";
    public const string Coverage = "coverage";
    public const string Migrations = "migrations";

    /// <summary>The document with one part made anew.</summary>
    public static string With(string document, string part, string content)
    {
        var (begin, end) = Markers(part);
        var from = document.IndexOf(begin, StringComparison.Ordinal);
        var to = document.IndexOf(end, StringComparison.Ordinal);
        return from < 0 || to < from
            ? throw new InvalidOperationException($"docs/proof.md has no lines '{begin}' and '{end}'")
            : document[..(from + begin.Length)] + "\n" + content.TrimEnd() + "\n" + document[to..];
    }

    private static (string Begin, string End) Markers(string part) => ($"<!-- generated: {part} -->", $"<!-- end: {part} -->");
}
