using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client;

/// <summary>How wishes are spelled in HTTP.</summary>
internal static class Requests
{
    public static (HttpMethod Method, string Path, string? Body) Of(string vm, VmCommand command) => command switch
    {
        VmCommand.Define define => (HttpMethod.Put, $"v1/vms/{define.Definition.Id}", DefinitionWriter.ToJson(define.Definition)),
        VmCommand.Undefine undefine => (HttpMethod.Delete, PathOf(vm) + (undefine.Force ? "?force=true" : ""), null),
        VmCommand.Cancel cancel => (HttpMethod.Post, $"v1/operations/{Uri.EscapeDataString(cancel.Operation.Value)}/cancel", null),
        // By its own type: the fields of a command are its body.
        _ => (HttpMethod.Post, $"{PathOf(vm)}/{command.Kind}", JsonSerializer.Serialize(command, command.GetType(), ContractsJson.Options)),
    };

    /// <summary>The path of a VM.</summary>
    /// <exception cref="VmsupException">No VM can be called so; some such names (<c>..</c>) would lead to another path.</exception>
    public static string PathOf(string vm) =>
        VmId.TryParse(vm, out _) || VmName.IsValid(vm)
            ? $"v1/vms/{vm}"
            : throw new VmsupException(new Problem(
                ProblemKind.NotFound, $"vm '{vm}': there is no such VM (an id is a number from 1 to {VmId.MaxValue}, a name {VmName.Allowed})"));

    /// <summary>The path of another node.</summary>
    /// <exception cref="VmsupException">No node can be called so; some such names (<c>..</c>) would lead to another path.</exception>
    public static string PathOfNode(string name) =>
        name.Length > 0 && char.IsAsciiLetterOrDigit(name[0])
            ? $"v1/nodes/{Uri.EscapeDataString(name)}"
            : throw new VmsupException(new Problem(
                ProblemKind.NotFound, $"node '{name}': there is no such node (a name begins with a letter or digit)"));

    public static HttpRequestMessage Create(HttpMethod method, string path, string? body, OperationId? operation)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        if (operation is { } id)
            request.Headers.TryAddWithoutValidation(Api.IdempotencyKey, id.Value);
        return request;
    }

    /// <summary>The opening of a WebSocket (RFC 6455).</summary>
    public static HttpRequestMessage Upgrade(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        // It keeps caches from answering with an old handshake; there are none on a unix socket.
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dm1zdXAgYSBub25jZSAxNg==");
        return request;
    }

    /// <summary>Why an operation did not end well.</summary>
    public static Problem ProblemOf(OperationView operation) => operation.Problem ?? new Problem(
        operation.Status is OperationStatus.Superseded or OperationStatus.Refused ? ProblemKind.Conflict : ProblemKind.Failed,
        $"vm {operation.Vm}: {operation.Kind} was {EnumNames<OperationStatus>.Of(operation.Status)}"
        + (operation.Note is null ? "" : $": {operation.Note}"));
}
