using System.Diagnostics;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>
/// Looks at files and at /proc again and again, which tell nobody when they change (a process that is not our child, a log
/// in a directory that does not exist yet).
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static Task<T> SeeAsync<T>(string what, Func<T?> look)
        where T : class => SeeAsync(what, () => Task.FromResult(look()));

    public static async Task<T> SeeAsync<T>(string what, Func<Task<T?>> look)
        where T : class
    {
        var began = Stopwatch.GetTimestamp();
        using var turns = new PeriodicTimer(Pause);
        while (true)
        {
            if (await look() is { } seen)
                return seen;
            Assert.True(Stopwatch.GetElapsedTime(began) < Limits.Step, $"not within {Limits.Step.TotalSeconds} s: {what}");
            await turns.WaitForNextTickAsync();
        }
    }

    public static async Task TrueAsync(string what, Func<bool> look) => await SeeAsync(what, () => look() ? what : null);
}
