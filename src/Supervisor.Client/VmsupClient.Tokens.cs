using System.Text.Json;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client;

/// <summary>Who may use a node: its tokens, and its own history.</summary>
public sealed partial class VmsupClient
{
    /// <summary>The node's own history, oldest first: who was refused, and what was changed that is no VM's.</summary>
    public async Task<IReadOnlyList<HistoryEntry>> NodeHistoryAsync(CancellationToken cancellationToken = default) =>
        await GetAsync<HistoryEntry[]>("v1/node/history", cancellationToken).ConfigureAwait(false);

    /// <summary>The node's tokens without their secrets, by name.</summary>
    public async Task<IReadOnlyList<TokenView>> TokensAsync(CancellationToken cancellationToken = default) =>
        await GetAsync<TokenView[]>("v1/tokens", cancellationToken).ConfigureAwait(false);

    /// <summary>Makes a token; its secret is in the answer, and nobody can tell it again.</summary>
    public async Task<NewTokenView> CreateTokenAsync(TokenRequest request, CancellationToken cancellationToken = default)
    {
        var body = JsonSerializer.Serialize(request, ContractsJson.Options);
        return (await SendAsync<NewTokenView>(HttpMethod.Post, "v1/tokens", body, null, default, cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Makes a token worthless, by its name or id; what its bearer has open is ended.</summary>
    public async Task<TokenView> RevokeTokenAsync(string nameOrId, CancellationToken cancellationToken = default) =>
        (await SendAsync<TokenView>(HttpMethod.Delete, $"v1/tokens/{Uri.EscapeDataString(nameOrId)}", null, null, default, cancellationToken).ConfigureAwait(false))!;
}
