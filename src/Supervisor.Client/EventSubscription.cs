using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client;

/// <summary>One subscriber to the node's events: reads server-sent events and takes broken connections up again.</summary>
internal sealed class EventSubscription(UnixSocketTransport transport, VmsupClientOptions options, long after)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private long position = after;

    public async IAsyncEnumerable<VmEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            using (connection)
            {
                var events = ParseAsync(connection, cancellationToken).GetAsyncEnumerator(cancellationToken);
                await using (events.ConfigureAwait(false))
                {
                    while (await NextAsync(events).ConfigureAwait(false))
                    {
                        position = events.Current.Position;
                        yield return events.Current;
                    }
                }
            }

            connection = await ReopenAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>False also when the connection broke: both mean to connect again.</summary>
    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<VmEvent> events)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return false;
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(CancellationToken cancellationToken)
    {
        using var request = Requests.Create(HttpMethod.Get, "v1/events", null, null);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.TryAddWithoutValidation(Api.LastEventId, position.ToString(CultureInfo.InvariantCulture));
        var response = await transport.SendAsync(request, options.AnswerTimeout, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw Answers.ProblemOf(response, await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<HttpResponseMessage> ReopenAsync(CancellationToken cancellationToken)
    {
        var lost = options.Time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            // Before the first attempt, too: a daemon that ends every answer at once must not be called in a tight loop.
            await Task.Delay(pause, options.Time, cancellationToken).ConfigureAwait(false);
            try
            {
                return await OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (VmsupException e) when (e.Kind is ProblemKind.Unavailable && options.Time.GetElapsedTime(lost) < options.ReconnectFor)
            {
            }
        }
    }

    private static async IAsyncEnumerable<VmEvent> ParseAsync(
        HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var item in SseParser.Create(stream, (_, data) => data.ToArray()).EnumerateAsync(cancellationToken).ConfigureAwait(false))
            yield return Answers.Parse<VmEvent>(response, item.Data);
    }
}
