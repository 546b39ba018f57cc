using VmSupervisor.AspNetCore.Operations;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;

namespace VmSupervisor.AspNetCore.Vms;

/// <summary>Gives a command to a VM.</summary>
internal static class CommandHandler
{
    public static async Task<Answer> HandleAsync(ApiRequest request, Func<byte[], VmCommand> read)
    {
        var command = read(await RequestBody.ReadAsync(request));
        var key = request.IdempotencyKey();
        return await OperationAnswer.SubmitAsync(request, await VmAsync(request, request.Route("vm"), key), command, key);
    }

    public static async Task<Answer> UndefineAsync(ApiRequest request)
    {
        var key = request.IdempotencyKey();
        return await OperationAnswer.SubmitAsync(request, await VmAsync(request, request.Route("vm"), key), new VmCommand.Undefine(request.QueryFlag("force")), key);
    }

    /// <summary>
    /// The VM that a command is for. Asking again must give the same answer also when the VM is gone since (an undefine): by
    /// number the supervisor knows, by name the operation does.
    /// </summary>
    public static async Task<VmId> VmAsync(ApiRequest request, string idOrName, OperationId? key)
    {
        if (request.Supervisor.Find(idOrName) is { } vm)
            return vm.Id;
        if (VmId.TryParse(idOrName, out var id))
            return id;
        var earlier = key is { } operation ? await request.Supervisor.FindOperationAsync(operation, request.Aborted) : null;
        return earlier?.Vm ?? throw ApiRequest.NoSuchVm(idOrName);
    }
}
