using Microsoft.Extensions.Options;
using VmSupervisor.AspNetCore.Access;

namespace VmSupervisor.AspNetCore.Limits;

/// <summary>How many requests, or messages, each caller may send. Those who are refused may send fewer.</summary>
internal sealed class RequestRates(IOptions<VmSupervisorHttpOptions> options, TimeProvider time)
{
    private const int RefusedAtOnce = 20;

    private readonly KeyedBuckets _callers = new(options.Value.RequestsPerSecond, 2.0 * options.Value.RequestsPerSecond, time);
    private readonly KeyedBuckets _refused = new(options.Value.RefusalsPerSecond, RefusedAtOnce * options.Value.RefusalsPerSecond, time);

    /// <summary>Whether a caller may send another one now.</summary>
    public bool TryTake(Identity who) => who.Unmetered || _callers.TryTake(who.Key, out _);

    /// <summary>Whether it is worth to say why to somebody who is refused.</summary>
    public bool TryTake(AccessDecision.Denied denied) => _refused.TryTake(denied.Key ?? "", out _);
}
