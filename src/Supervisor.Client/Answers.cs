using System.Text.Json;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client;

/// <summary>Reads answers: the value, or the problem as an exception.</summary>
internal static class Answers
{
    public static async Task<T?> ReadAsync<T>(UnixSocketTransport transport, HttpResponseMessage response, CancellationToken cancellationToken)
        where T : class
    {
        byte[] body;
        try
        {
            body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw transport.Broken(e);
        }

        if (!response.IsSuccessStatusCode)
            throw ProblemOf(response, body);
        return body.Length == 0 ? null : Parse<T>(response, body);
    }

    public static VmsupException ProblemOf(HttpResponseMessage response, byte[] body)
    {
        var kind = ProblemDocument.KindOf((int)response.StatusCode);
        if (response.Content.Headers.ContentType?.MediaType != ProblemDocument.MediaType)
            return new VmsupException(new Problem(kind, $"the daemon answered {(int)response.StatusCode} {response.ReasonPhrase} without a reason"));
        var document = Parse<ProblemDocument>(response, body);
        return new VmsupException(new Problem(document.Kind, document.Detail), document.Operation, document.Faults) { Home = document.Home };
    }

    public static T Parse<T>(HttpResponseMessage response, byte[] body)
        where T : class
    {
        try
        {
            if (JsonSerializer.Deserialize<T>(body, ContractsJson.Options) is { } value)
                return value;
        }
        catch (JsonException e)
        {
            throw Unreadable(response, e);
        }

        throw Unreadable(response, null);
    }

    private static VmsupException Unreadable(HttpResponseMessage response, JsonException? e) => new(
        new Problem(
            ProblemKind.Failed,
            $"the daemon answered {(int)response.StatusCode} to {response.RequestMessage?.RequestUri?.PathAndQuery} with what this client cannot "
            + $"read; are both of one version? ({e?.Message ?? "it is empty"})"),
        innerException: e);
}
