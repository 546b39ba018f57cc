using System.Text.Json.Serialization;

namespace VmSupervisor.Contracts.Views;

/// <summary>A bearer token as it is shown: all but the secret.</summary>
/// <param name="Id">What the token's text begins with, after <c>vmsup_</c>.</param>
/// <param name="Name">What people call it, and what the history has of it.</param>
/// <param name="Role">What its bearer may do.</param>
/// <param name="Vms">With which VMs only; null for all, and the node.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">By whom.</param>
/// <param name="ExpiresAt">From when on it is worth nothing.</param>
/// <param name="Expired">Whether that is so now.</param>
public sealed record TokenView(
    string Id, string Name, Role Role, ValueList<VmId>? Vms, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset ExpiresAt, bool Expired);

/// <summary>A token that is to be made.</summary>
/// <param name="Name">What people call it: 1 to 63 letters, digits and . _ -, beginning with a letter or digit.</param>
/// <param name="Role">What its bearer may do.</param>
/// <param name="Lifetime">For how long; 90 days unless told, at most ten years.</param>
/// <param name="Vms">With which VMs only; null for all, and the node.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TokenRequest(
    [property: JsonRequired] string Name, [property: JsonRequired] Role Role, TimeSpan? Lifetime = null, ValueList<VmId>? Vms = null);

/// <summary>A token that was made.</summary>
/// <param name="Token">What it is.</param>
/// <param name="Secret">Its text, which is told this once and stored nowhere.</param>
public sealed record NewTokenView(TokenView Token, string Secret)
{
    /// <summary>Without the secret, so that it gets into no log.</summary>
    public override string ToString() => $"{nameof(NewTokenView)} {{ {Token.Name} }}";
}
