using System.Text.Json;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client.Cluster;

/// <summary>The connection broke: what was asked over it may or may not have arrived.</summary>
internal sealed class SessionBrokenException(string why) : Exception(why);

/// <summary>What the server said of a watch or a subscription.</summary>
internal readonly record struct SessionNews(string Method, JsonElement Parameters)
{
    public T Read<T>() => SessionMessages.Read<T>(Parameters);
}

/// <summary>What is in the messages of a node.</summary>
internal static class SessionMessages
{
    public static T Read<T>(JsonElement element) => element.Deserialize<T>(ContractsJson.Options)
        ?? throw new JsonException($"null is no {typeof(T).Name}");

    /// <summary>An error as what the caller is to catch.</summary>
    public static VmsupException ProblemOf(JsonElement element)
    {
        var error = Read<RemotingError>(element);
        if (error.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("kind", out _))
        {
            var document = Read<ProblemDocument>(data);
            return new VmsupException(new Problem(document.Kind, document.Detail), document.Operation, document.Faults) { Home = document.Home };
        }

        return new VmsupException(new Problem(RemotingErrors.KindOf(error.Code), error.Message));
    }
}
