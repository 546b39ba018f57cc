using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Contracts.Http;

/// <summary>An error as HTTP answers it: problem details (RFC 9457), media type <see cref="MediaType"/>.</summary>
/// <param name="Type">The stable URI of the kind: <c>urn:vmsup:problem:not-found</c>.</param>
/// <param name="Title">The kind in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">One line: what was asked, what was found, what to do.</param>
/// <param name="Kind">The kind that programs test.</param>
/// <param name="Operation">The operation it is about; null when there is none.</param>
/// <param name="Faults">What is wrong with a definition; null when it is not about one.</param>
public sealed record ProblemDocument(
    string Type, string Title, int Status, string Detail, ProblemKind Kind, OperationView? Operation, ValueList<DefinitionFault>? Faults)
{
    /// <summary>The node that the VM was moved to: ask there. Absent when that is not the problem.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Home { get; init; }

    /// <summary>The media type of the answer.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>The document for a problem; type, title and status follow from its kind.</summary>
    public static ProblemDocument Of(Problem problem, OperationView? operation = null, ValueList<DefinitionFault>? faults = null) =>
        new(TypeOf(problem.Kind), TitleOf(problem.Kind), StatusOf(problem.Kind), problem.Detail, problem.Kind, operation, faults);

    /// <summary>The URI of a kind.</summary>
    public static string TypeOf(ProblemKind kind) => "urn:vmsup:problem:" + EnumNames<ProblemKind>.Of(kind);

    /// <summary>The HTTP status of a kind.</summary>
    public static int StatusOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => 400,
        ProblemKind.Forbidden => 403,
        ProblemKind.NotFound => 404,
        ProblemKind.Conflict => 409,
        // The server did its part: it was tried and did not work out. 500 would say that the server is broken.
        ProblemKind.Failed => 422,
        ProblemKind.Unavailable => 503,
        ProblemKind.TimedOut => 504,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The kind that an HTTP status most likely means, for answers without a document.</summary>
    public static ProblemKind KindOf(int status) => status switch
    {
        400 or 405 or 413 or 415 => ProblemKind.Invalid,
        401 or 403 => ProblemKind.Forbidden,
        404 => ProblemKind.NotFound,
        409 or 412 => ProblemKind.Conflict,
        429 or 502 or 503 => ProblemKind.Unavailable,
        408 or 504 => ProblemKind.TimedOut,
        _ => ProblemKind.Failed,
    };

    private static string TitleOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => "The request is wrong",
        ProblemKind.Forbidden => "Not allowed",
        ProblemKind.NotFound => "Not found",
        ProblemKind.Conflict => "Refused",
        ProblemKind.Failed => "Tried and failed",
        ProblemKind.Unavailable => "Not available now",
        ProblemKind.TimedOut => "Timed out",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
