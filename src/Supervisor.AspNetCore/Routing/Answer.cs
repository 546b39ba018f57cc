using Microsoft.AspNetCore.Http;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Routing;

/// <summary>What a request is answered with.</summary>
internal abstract record Answer
{
    private Answer() { }

    /// <summary>A value as JSON.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Value">The value.</param>
    /// <param name="Type">The contract it is written by.</param>
    /// <param name="Location">Where it can be looked up later; null when it is where it was asked for.</param>
    public sealed record Json(int Status, object Value, Type Type, string? Location) : Answer;

    /// <summary>Problem details.</summary>
    public sealed record Failure(ProblemDocument Document) : Answer;

    /// <summary>A status without a body.</summary>
    public sealed record Empty(int Status) : Answer;

    /// <summary>One line of text.</summary>
    public sealed record Line(int Status, string Text) : Answer;

    /// <summary>Something that writes the response by itself, for as long as it takes.</summary>
    public sealed record Stream(Func<HttpContext, Task> Write) : Answer;

    public static Answer Ok<T>(T value) where T : notnull => new Json(StatusCodes.Status200OK, value, typeof(T), null);

    public static Answer Problem(ProblemKind kind, string detail, OperationView? operation = null, ValueList<DefinitionFault>? faults = null) =>
        new Failure(ProblemDocument.Of(new Problem(kind, detail), operation, faults));
}

/// <summary>Ends the handling of a request with an answer; for readers deep inside.</summary>
internal sealed class AnswerException(Answer answer) : Exception
{
    public Answer Answer { get; } = answer;

    public static AnswerException Invalid(string detail) => new(Answer.Problem(ProblemKind.Invalid, detail));

    public static AnswerException NotFound(string detail) => new(Answer.Problem(ProblemKind.NotFound, detail));
}
