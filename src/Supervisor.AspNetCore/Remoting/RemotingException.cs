using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Remoting;

/// <summary>A request ends with an error.</summary>
internal sealed class RemotingException(RemotingError error) : Exception(error.Message)
{
    public RemotingError Error { get; } = error;

    /// <summary>Something else than a problem of VMs: the code says it.</summary>
    public static RemotingException Of(int code, string message, ProblemKind kind = ProblemKind.Invalid) =>
        new(ErrorOf(code, ProblemDocument.Of(new Problem(kind, message))));

    public static RemotingException Invalid(string message, ValueList<DefinitionFault>? faults = null) =>
        Of(ProblemDocument.Of(new Problem(ProblemKind.Invalid, message), null, faults));

    public static RemotingException NoCommonVersion(string message) => new(new RemotingError(
        RemotingErrors.NoCommonVersion, message, JsonSerializer.SerializeToElement(new SupportedVersions([RemotingProtocol.Version]), ContractsJson.Options)));

    /// <summary>A problem, with the code of its kind.</summary>
    public static RemotingException Of(ProblemDocument document) => new(ErrorOf(RemotingErrors.CodeOf(document.Kind), document));

    private static RemotingError ErrorOf(int code, ProblemDocument document) =>
        new(code, document.Detail, JsonSerializer.SerializeToElement(document, ContractsJson.Options));
}
