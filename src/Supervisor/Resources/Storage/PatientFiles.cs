using System.Collections.Concurrent;
using VmSupervisor.Linux;

namespace VmSupervisor.Resources.Storage;

/// <summary>
/// Looks at files that may be on a mount whose server is gone: a call into it does not return and cannot be given up. So it
/// runs on a thread of its own, of which there is one for each image at most.
/// </summary>
internal sealed class PatientFiles(TimeProvider time, TimeSpan deadline)
{
    private readonly ConcurrentDictionary<string, Task> stuck = new();

    /// <summary>What a call returns, or what its trouble means.</summary>
    public async Task<T> TryAsync<T>(string image, Func<T> call, Func<string, T> trouble, CancellationToken cancellationToken)
        where T : class
    {
        if (stuck.TryGetValue(image, out var former))
        {
            if (!former.IsCompleted)
                return trouble($"{image} still does not answer");
            stuck.TryRemove(new(image, former));
        }

        T? result = null;
        var running = SlowCall.RunAsync(() =>
        {
            try
            {
                result = call();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                result = trouble(e.Message);
            }
        });
        try
        {
            await running.WaitAsync(deadline, time, cancellationToken);
            return result!;
        }
        catch (TimeoutException)
        {
            stuck[image] = running;
            return trouble($"{image} did not answer within {deadline.TotalSeconds:0.###} s");
        }
        catch (OperationCanceledException)
        {
            stuck[image] = running;
            throw;
        }
    }
}
