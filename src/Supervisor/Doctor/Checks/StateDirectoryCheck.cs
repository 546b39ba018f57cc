using System.Globalization;
using VmSupervisor.Linux;

namespace VmSupervisor.Doctor.Checks;

/// <summary>Whether what is written to the state directory stays, and how long that takes.</summary>
internal sealed class StateDirectoryCheck(string directory, TimeProvider time) : ICheck
{
    /// <summary>Odd, for the median.</summary>
    private const int Tries = 5;

    /// <summary>Above it people notice: a start waits for several syncs. A disk takes 10 ms, an SSD with a cache 1 ms.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(100);

    public string Name => "state-directory";

    public Task<Finding> LookAsync(CancellationToken cancellationToken) => Task.FromResult(Look());

    private Finding Look()
    {
        var trial = Path.Combine(directory, $"doctor.{Environment.ProcessId}");
        var took = new TimeSpan[Tries];
        try
        {
            for (var i = 0; i < Tries; i++)
            {
                var began = time.GetTimestamp();
                DurableFile.Replace(trial, "written by vmsup doctor, and synced\n");
                took[i] = time.GetElapsedTime(began);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Failed(
                $"{directory} cannot be written and synced: {e.Message}", "make room, mount it read-write, or give it to the daemon's user; nothing can be done to VMs until then");
        }
        finally
        {
            File.Delete(trial);
        }

        Array.Sort(took);
        var (median, worst) = (took[Tries / 2], took[^1]);
        var found = string.Create(
            CultureInfo.InvariantCulture,
            $"{directory}: a file is written and synced, with its directory, in {median.TotalMilliseconds:0.0} ms (worst of {Tries}: {worst.TotalMilliseconds:0.0} ms)");
        return median > Slow
            ? Finding.Warning(found, "every command waits for this: move the state directory to a faster disk (--state-dir), or find out who loads this one")
            : Finding.Ok(found);
    }
}
