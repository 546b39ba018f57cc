using System.Text.Json;

namespace VmSupervisor.Migration;

/// <summary>What one node asks another; its meaning is that of whoever handles the type.</summary>
/// <param name="Type">By which the handler is found.</param>
/// <param name="Body">Any JSON.</param>
internal sealed record PeerMessage(string Type, JsonElement Body);

/// <summary>What a handler answered.</summary>
/// <param name="Body">Any JSON.</param>
internal sealed record PeerReply(JsonElement Body);

/// <summary>A message as its handler sees it.</summary>
/// <param name="Session">The connection that it came by: who asked, and whose end can be watched.</param>
/// <param name="Message">What was asked.</param>
internal sealed record PeerRequest(PeerSession Session, PeerMessage Message);
