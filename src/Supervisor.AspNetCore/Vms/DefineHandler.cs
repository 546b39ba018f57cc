using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Operations;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Vms;

/// <summary>
/// <c>PUT /v1/vms/{id}</c>: makes a VM known or changes its definition. With <c>?dry-run=true</c> it only answers with the
/// command line that a start would use.
/// </summary>
internal static class DefineHandler
{
    public static async Task<Answer> HandleAsync(ApiRequest request)
    {
        if (!VmId.TryParse(request.Route("vm"), out var id))
            throw AnswerException.Invalid($"the address: found '{request.Route("vm")}', allowed is the VM's number, 1 to {VmId.MaxValue}");
        var definition = await ReadAsync(request);
        if (definition.Id != id)
            throw AnswerException.Invalid($"vm.id: found {definition.Id}, allowed is {id}, the number in the address");

        request.Demand(id, new VmCommand.Define(definition));
        if (IsDryRun(request))
            return await ShowAsync(request, definition);

        var isNew = request.Supervisor.Find(id.ToString()) is null;
        var answer = await OperationAnswer.SubmitAsync(request, id, new VmCommand.Define(definition), request.IdempotencyKey());
        return isNew && answer is Answer.Json { Status: StatusCodes.Status200OK } made
            ? made with { Status = StatusCodes.Status201Created, Location = $"{request.Http.Request.PathBase}/v1/vms/{id}" }
            : answer;
    }

    private static bool IsDryRun(ApiRequest request) => request.Query(Api.DryRun) switch
    {
        null or "false" => false,
        "true" => true,
        var text => throw AnswerException.Invalid($"{Api.DryRun}: found '{text}', allowed: true, false"),
    };

    /// <summary>QEMU's command line; nothing is stored.</summary>
    private static async Task<Answer> ShowAsync(ApiRequest request, VmDefinition definition) =>
        await request.Supervisor.CommandLineAsync(definition, request.Aborted) switch
        {
            { Problem: { } problem } => Answer.Problem(problem.Kind, problem.Detail),
            var result => Answer.Ok(result.Arguments),
        };

    private static async Task<VmDefinition> ReadAsync(ApiRequest request)
    {
        using var document = RequestBody.Parse(await RequestBody.ReadAsync(request));
        var result = DefinitionReader.Read(document.RootElement);
        if (result.Definition is { } definition)
            return definition;
        var count = result.Faults.Count == 1 ? "a fault" : $"{result.Faults.Count} faults";
        var detail = $"the definition has {count}: {string.Join("; ", result.Faults)}";
        throw new AnswerException(Answer.Problem(ProblemKind.Invalid, detail, null, result.Faults));
    }
}
