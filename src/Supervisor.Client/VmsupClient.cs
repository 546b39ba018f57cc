using System.Net;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client;

/// <summary>
/// Talks to the daemon of one node over its unix socket. VMs are named by number or name. Every method throws
/// <see cref="VmsupException"/> with the supervisor's reason when it does not do what was asked, and
/// <see cref="VmsupUnreachableException"/> when no daemon answers. Safe for use by several threads.
/// </summary>
/// <param name="socketPath">The daemon's socket.</param>
/// <param name="options">How to behave; the defaults unless told.</param>
public sealed partial class VmsupClient(string socketPath, VmsupClientOptions? options = null) : IDisposable
{
    // Every one of its checks may need ten seconds on a node whose disk hangs.
    private static readonly TimeSpan DoctorPatience = TimeSpan.FromMinutes(2);

    // What is stopped by force when the time is over has hooks to run and resources to give back.
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromMinutes(5);

    // Its accelerator may have to be tried first.
    private static readonly TimeSpan CommandLinePatience = TimeSpan.FromSeconds(20);

    // A journal of gigabytes on a slow disk.
    private static readonly TimeSpan JournalPatience = TimeSpan.FromHours(1);

    private readonly VmsupClientOptions options = options ?? new();
    private readonly UnixSocketTransport transport = new(socketPath, (options ?? new()).Time);

    /// <summary>The node itself.</summary>
    public Task<NodeView> NodeAsync(CancellationToken cancellationToken = default) =>
        GetAsync<NodeView>("v1/node", cancellationToken);

    /// <summary>The other nodes as this one sees them, by name.</summary>
    public async Task<IReadOnlyList<PeerView>> PeersAsync(CancellationToken cancellationToken = default) =>
        await GetAsync<PeerView[]>("v1/nodes", cancellationToken).ConfigureAwait(false);

    /// <summary>Another node as this one sees it.</summary>
    public Task<PeerView> PeerAsync(string name, CancellationToken cancellationToken = default) =>
        GetAsync<PeerView>(Requests.PathOfNode(name), cancellationToken);

    /// <summary>Has the node exchange one message with another, over a connection that is made now when there is none.</summary>
    public async Task<PingView> PingAsync(string name, CancellationToken cancellationToken = default) =>
        (await SendAsync<PingView>(HttpMethod.Post, Requests.PathOfNode(name) + "/ping", null, null, default, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Has the node examine itself, which takes seconds; at worst as long as it says nothing.</summary>
    public async Task<IReadOnlyList<DoctorCheck>> DoctorAsync(CancellationToken cancellationToken = default) =>
        (await SendAsync<DoctorCheck[]>(HttpMethod.Get, "v1/node/doctor", null, null, DoctorPatience, cancellationToken).ConfigureAwait(false))!;

    /// <summary>
    /// Ends every guest of the node, backwards in the order of their start, and returns how each ended. It goes on when
    /// the waiting is given up.
    /// </summary>
    /// <param name="limit">For all of them; what runs then is stopped by force.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<IReadOnlyList<OperationView>> ShutDownNodeAsync(TimeSpan limit, CancellationToken cancellationToken = default) =>
        (await SendAsync<OperationView[]>(
            HttpMethod.Post, $"v1/node/shutdown?timeout={Duration.Format(limit)}", null, null, limit + ShutdownPatience, cancellationToken).ConfigureAwait(false))!;

    /// <summary>What is on the node that no VM accounts for.</summary>
    public async Task<IReadOnlyList<LeftoverView>> LeftoversAsync(CancellationToken cancellationToken = default) =>
        await GetAsync<LeftoverView[]>("v1/node/leftovers", cancellationToken).ConfigureAwait(false);

    /// <summary>Has the node remove leftovers that were seen; those that belong to a VM by now stay.</summary>
    /// <param name="ids">Their ids.</param>
    /// <param name="cancellationToken">Ends the waiting, not the removal.</param>
    public async Task<IReadOnlyList<LeftoverRemoval>> RemoveLeftoversAsync(IEnumerable<string> ids, CancellationToken cancellationToken = default)
    {
        var body = JsonSerializer.Serialize(new LeftoverRequest(ids.ToValueList()), ContractsJson.Options);
        return (await SendAsync<LeftoverRemoval[]>(HttpMethod.Post, "v1/node/leftovers/remove", body, null, DoctorPatience, cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Has the node read all of its journal and say what is wrong with it.</summary>
    public async Task<JournalView> VerifyJournalAsync(CancellationToken cancellationToken = default) =>
        (await SendAsync<JournalView>(HttpMethod.Get, "v1/node/journal", null, null, JournalPatience, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Has the node copy its journal, as it is at one moment, into a new file with a checksum.</summary>
    /// <param name="file">An absolute path on the node; nothing must be there.</param>
    /// <param name="cancellationToken">Gives up; nothing is left then.</param>
    public async Task<JournalView> BackUpJournalAsync(string file, CancellationToken cancellationToken = default)
    {
        var body = JsonSerializer.Serialize(new BackupRequest(file), ContractsJson.Options);
        return (await SendAsync<JournalView>(HttpMethod.Post, "v1/node/journal/backup", body, null, JournalPatience, cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Every VM that is defined, by id.</summary>
    public async Task<IReadOnlyList<VmView>> ListAsync(CancellationToken cancellationToken = default) =>
        await GetAsync<VmView[]>("v1/vms", cancellationToken).ConfigureAwait(false);

    /// <summary>One VM.</summary>
    public Task<VmView> ShowAsync(string vm, CancellationToken cancellationToken = default) =>
        GetAsync<VmView>(PathOf(vm), cancellationToken);

    /// <summary>What a VM is to be from its next start on.</summary>
    public Task<VmDefinition> DefinitionAsync(string vm, CancellationToken cancellationToken = default) =>
        GetAsync<VmDefinition>(PathOf(vm) + "/definition", cancellationToken);

    /// <summary>QEMU's command line as a start of a definition would make it, the executable first; nothing is stored.</summary>
    public async Task<IReadOnlyList<string>> CommandLineAsync(VmDefinition definition, CancellationToken cancellationToken = default)
    {
        var (method, path, body) = Requests.Of("", new VmCommand.Define(definition));
        return (await SendAsync<string[]>(method, $"{path}?{Api.DryRun}=true", body, null, CommandLinePatience, cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>What a VM's next start takes that the life which runs has not; empty when none runs.</summary>
    public async Task<IReadOnlyList<DefinitionChange>> DiffAsync(string vm, CancellationToken cancellationToken = default) =>
        await GetAsync<DefinitionChange[]>(PathOf(vm) + "/diff", cancellationToken).ConfigureAwait(false);

    /// <summary>A VM's journal, readable, oldest first.</summary>
    public async Task<IReadOnlyList<HistoryEntry>> HistoryAsync(string vm, CancellationToken cancellationToken = default) =>
        await GetAsync<HistoryEntry[]>(PathOf(vm) + "/history", cancellationToken).ConfigureAwait(false);

    /// <summary>Every operation that is under way, oldest first.</summary>
    public async Task<IReadOnlyList<OperationView>> OperationsAsync(CancellationToken cancellationToken = default) =>
        await GetAsync<OperationView[]>("v1/operations", cancellationToken).ConfigureAwait(false);

    /// <summary>One operation, however it ended; the answer comes when it has ended or after the time to wait.</summary>
    public async Task<OperationView> OperationAsync(OperationId id, TimeSpan wait = default, CancellationToken cancellationToken = default)
    {
        var path = $"v1/operations/{Uri.EscapeDataString(id.Value)}{Wait(wait)}";
        try
        {
            return (await SendAsync<OperationView>(HttpMethod.Get, path, null, null, wait, cancellationToken).ConfigureAwait(false))!;
        }
        catch (VmsupException e) when (e.Operation is { } ended)
        {
            return ended;
        }
    }

    /// <summary>
    /// Gives a command and returns the operation when it has ended well, or is still under way after the time to wait.
    /// </summary>
    /// <param name="vm">The VM; for <see cref="VmCommand.Define"/> the id of its definition is taken.</param>
    /// <param name="command">What is wished.</param>
    /// <param name="operation">A name for this request, so that asking again does nothing twice; the daemon makes one otherwise.</param>
    /// <param name="wait">How long to wait for the end; zero to return as soon as it is accepted.</param>
    /// <param name="cancellationToken">Ends the waiting, not the operation.</param>
    public async Task<OperationView> SubmitAsync(
        string vm, VmCommand command, OperationId? operation = null, TimeSpan wait = default, CancellationToken cancellationToken = default)
    {
        var (method, path, body) = Requests.Of(vm, command);
        var view = await SendAsync<OperationView>(method, path + Wait(wait, path.Contains('?') ? '&' : '?'), body, operation, wait, cancellationToken).ConfigureAwait(false);
        return EndedWell(view!);
    }

    /// <summary>Gives a command and returns when it has ended well, however long it takes.</summary>
    /// <inheritdoc cref="SubmitAsync"/>
    public async Task<OperationView> RunAsync(
        string vm, VmCommand command, OperationId? operation = null, CancellationToken cancellationToken = default)
    {
        var view = await SubmitAsync(vm, command, operation, options.WaitPerRequest, cancellationToken).ConfigureAwait(false);
        while (!view.Ended)
            view = EndedWell(await OperationAsync(view.Id, options.WaitPerRequest, cancellationToken).ConfigureAwait(false));
        return view;
    }

    /// <summary>
    /// Returns when the VM is in a state: one of <see cref="Api.States"/>, or <see cref="Api.Undefined"/>, for which
    /// there is no view.
    /// </summary>
    /// <exception cref="VmsupException">Also when the time is over.</exception>
    public async Task<VmView?> WaitForStateAsync(string vm, string state, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var path = $"{PathOf(vm)}/wait?state={Uri.EscapeDataString(state)}&timeout={Duration.Format(timeout)}";
        try
        {
            return await SendAsync<VmView>(HttpMethod.Get, path, null, null, timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (VmsupException e) when (e.Kind == ProblemKind.NotFound && state == Api.Undefined)
        {
            return null;
        }
    }

    /// <summary>
    /// What happens, in the order of the journal and without a gap: after a position, or from now on when it is null. A
    /// broken connection is taken up again where it broke, see <see cref="VmsupClientOptions.ReconnectFor"/>.
    /// </summary>
    public async IAsyncEnumerable<VmEvent> EventsAsync(
        long? afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Without a position, what happens before the first event would be lost with the connection.
        var after = afterPosition ?? (await NodeAsync(cancellationToken).ConfigureAwait(false)).Position;
        var subscription = new EventSubscription(transport, options, after);
        await foreach (var next in subscription.ReadAsync(cancellationToken).ConfigureAwait(false))
            yield return next;
    }

    /// <summary>
    /// Attaches to a VM's serial console. The connection is one: when it breaks (see <see cref="ConsoleFrame.Broken"/>),
    /// attach again with <see cref="ConsoleRequest.After"/> to go on where it broke.
    /// </summary>
    public async Task<ConsoleConnection> ConsoleAsync(string vm, ConsoleRequest request, CancellationToken cancellationToken = default)
    {
        var path = $"{PathOf(vm)}/console{request.Query}";
        return new ConsoleConnection(await UpgradeAsync(path, cancellationToken).ConfigureAwait(false), request.After);
    }

    /// <summary>
    /// Attaches to a VM's monitor for people. Ends with the incarnation; several may be there at once, and none disturbs
    /// the supervisor's own monitor.
    /// </summary>
    /// <param name="vm">The VM.</param>
    /// <param name="qmp">Whether commands are QMP's, a JSON object each; otherwise those of the human monitor.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<MonitorConnection> MonitorAsync(string vm, bool qmp = false, CancellationToken cancellationToken = default) =>
        new(await UpgradeAsync($"{PathOf(vm)}/monitor?language={(qmp ? "qmp" : "human")}", cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public void Dispose() => transport.Dispose();

    private static OperationView EndedWell(OperationView operation) =>
        operation.Status is OperationStatus.Running or OperationStatus.Succeeded
            ? operation
            : throw new VmsupException(Requests.ProblemOf(operation), operation);

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
        where T : class =>
        (await SendAsync<T>(HttpMethod.Get, path, null, null, default, cancellationToken).ConfigureAwait(false))!;

    private async Task<T?> SendAsync<T>(
        HttpMethod method, string path, string? body, OperationId? operation, TimeSpan wait, CancellationToken cancellationToken)
        where T : class
    {
        using var request = Requests.Create(method, path, body, operation);
        using var response = await transport.SendAsync(request, wait + options.AnswerTimeout, cancellationToken).ConfigureAwait(false);
        return await Answers.ReadAsync<T>(transport, response, cancellationToken).ConfigureAwait(false);
    }

    private async Task<WebSocket> UpgradeAsync(string path, CancellationToken cancellationToken)
    {
        using var request = Requests.Upgrade(path);
        var response = await transport.SendAsync(request, options.AnswerTimeout, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions());
        }

        using (response)
            throw Answers.ProblemOf(response, await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
    }

    private static string PathOf(string vm) => Requests.PathOf(vm);

    private static string Wait(TimeSpan wait, char before = '?') => wait > TimeSpan.Zero ? $"{before}wait={Duration.Format(wait)}" : "";
}
