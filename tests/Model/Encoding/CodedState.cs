using VmSupervisor.Contracts;
using VmSupervisor.Domain;
using VmSupervisor.Model.Engine;

namespace VmSupervisor.Model.Encoding;

/// <summary>A state of the domain with its code, which is made once for all worlds that share the state.</summary>
internal sealed class CodedState(VmState state)
{
    [ThreadStatic]
    private static Canon? _canon;

    private Made? _made;

    public VmState State => state;

    public Made Code => _made ??= Make();

    private Made Make()
    {
        var canon = _canon ??= new Canon();
        canon.Begin(new ByteSink(), [], []);
        canon.Value(state);
        return new(canon.Sink.Written.ToArray(), [.. canon.Operations], [.. canon.Deadlines]);
    }

    /// <summary>The code, and what was renamed in it.</summary>
    public sealed record Made(byte[] Bytes, OperationId[] Operations, DateTimeOffset[] Deadlines);
}
