using System.Runtime.InteropServices;
using System.Text.Json;

namespace VmSupervisor.Qemu.Qmp;

/// <summary>A command on its way: ends exactly once, by its reply, its deadline, its caller or the connection's end.</summary>
internal sealed class QmpCall : IDisposable
{
    private readonly TaskCompletionSource<QmpResult<JsonElement>> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer timer;
    private readonly CancellationTokenRegistration cancellation;

    public QmpCall(long id, string name, Action<Utf8JsonWriter>? arguments, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        Id = id;
        Name = name;
        Arguments = arguments;
        timer = time.CreateTimer(_ => result.TrySetResult(new QmpResult<JsonElement>.Unanswered(deadline)), null, deadline, Timeout.InfiniteTimeSpan);
        cancellation = cancellationToken.UnsafeRegister(_ => result.TrySetCanceled(cancellationToken), null);
    }

    public long Id { get; }

    public string Name { get; }

    public Action<Utf8JsonWriter>? Arguments { get; }

    /// <summary>Whether it is done before all that waits.</summary>
    public bool OutOfBand { get; init; }

    /// <summary>What goes with it.</summary>
    public SafeHandle? Descriptor { get; init; }

    public Task<QmpResult<JsonElement>> Result => result.Task;

    public void End(QmpResult<JsonElement> with) => result.TrySetResult(with);

    public void Dispose()
    {
        timer.Dispose();
        cancellation.Dispose();
    }
}
