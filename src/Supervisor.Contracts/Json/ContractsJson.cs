using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Contracts.Json;

/// <summary>The one JSON form of everything that travels.</summary>
public static class ContractsJson
{
    /// <summary>
    /// camelCase names in the order of declaration, nothing left out (null is written), ids as numbers, enumerations as
    /// kebab-case names, durations as <c>"60s"</c>, times in UTC, definitions in the form of
    /// <see cref="DefinitionWriter"/>. Knows the contracts' own types only. Read-only.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = Create(indented: false);

    /// <summary>The same on several lines, for people.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            // What is written goes to sockets and terminals, never into HTML.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = indented,
            TypeInfoResolver = ContractsJsonContext.Default,
            Converters = { new DurationJsonConverter(), new UtcJsonConverter(), new VmDefinitionJsonConverter() },
        };
        options.MakeReadOnly();
        return options;
    }
}

[JsonSerializable(typeof(VmView))]
[JsonSerializable(typeof(VmView[]))]
[JsonSerializable(typeof(IReadOnlyList<VmView>))]
[JsonSerializable(typeof(OperationView))]
[JsonSerializable(typeof(OperationView[]))]
[JsonSerializable(typeof(IReadOnlyList<OperationView>))]
[JsonSerializable(typeof(HistoryEntry))]
[JsonSerializable(typeof(HistoryEntry[]))]
[JsonSerializable(typeof(IReadOnlyList<HistoryEntry>))]
[JsonSerializable(typeof(VmEvent))]
[JsonSerializable(typeof(IReadOnlyList<VmEvent>))]
[JsonSerializable(typeof(NodeView))]
[JsonSerializable(typeof(DoctorCheck[]))]
[JsonSerializable(typeof(IReadOnlyList<DoctorCheck>))]
[JsonSerializable(typeof(VolumeView[]))]
[JsonSerializable(typeof(DefinitionChange[]))]
[JsonSerializable(typeof(ValueList<DefinitionChange>))]
[JsonSerializable(typeof(ValueList<string>))]
[JsonSerializable(typeof(double[]))]
[JsonSerializable(typeof(NetworkView[]))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(VmDefinition))]
[JsonSerializable(typeof(VmCommand.Start))]
[JsonSerializable(typeof(VmCommand.Stop))]
[JsonSerializable(typeof(VmCommand.Shutdown))]
[JsonSerializable(typeof(VmCommand.Reboot))]
[JsonSerializable(typeof(VmCommand.Backup))]
[JsonSerializable(typeof(VmCommand.SuspendToDisk))]
[JsonSerializable(typeof(VmCommand.Migrate))]
[JsonSerializable(typeof(VmCommand.MigrateResolve))]
[JsonSerializable(typeof(DiskMove[]))]
[JsonSerializable(typeof(VmCommand.Reset))]
[JsonSerializable(typeof(VmCommand.Pause))]
[JsonSerializable(typeof(VmCommand.Resume))]
[JsonSerializable(typeof(ConsoleNews))]
[JsonSerializable(typeof(MonitorNews))]
[JsonSerializable(typeof(LeftoverView[]))]
[JsonSerializable(typeof(IReadOnlyList<LeftoverView>))]
[JsonSerializable(typeof(LeftoverRemoval[]))]
[JsonSerializable(typeof(IReadOnlyList<LeftoverRemoval>))]
[JsonSerializable(typeof(LeftoverRequest))]
[JsonSerializable(typeof(JournalView))]
[JsonSerializable(typeof(BackupRequest))]
[JsonSerializable(typeof(PeerView[]))]
[JsonSerializable(typeof(IReadOnlyList<PeerView>))]
[JsonSerializable(typeof(PingView))]
[JsonSerializable(typeof(PingSummary))]
[JsonSerializable(typeof(CertificateView))]
[JsonSerializable(typeof(TokenView))]
[JsonSerializable(typeof(TokenView[]))]
[JsonSerializable(typeof(IReadOnlyList<TokenView>))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(NewTokenView))]
[JsonSerializable(typeof(VmId[]))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(DefinitionFault[]))]
[JsonSerializable(typeof(VmCommand.Undefine))]
[JsonSerializable(typeof(VmCommand.Cancel))]
[JsonSerializable(typeof(HelloRequest))]
[JsonSerializable(typeof(HelloResult))]
[JsonSerializable(typeof(AskRequest))]
[JsonSerializable(typeof(TellRequest))]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(VmRequest))]
[JsonSerializable(typeof(ListRequest))]
[JsonSerializable(typeof(ListResult))]
[JsonSerializable(typeof(OperationRequest))]
[JsonSerializable(typeof(WatchNews))]
[JsonSerializable(typeof(UnwatchRequest))]
[JsonSerializable(typeof(SubscribeRequest))]
[JsonSerializable(typeof(SubscribeResult))]
[JsonSerializable(typeof(UnsubscribeRequest))]
[JsonSerializable(typeof(EventNews))]
[JsonSerializable(typeof(LostNews))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(RemotingError))]
[JsonSerializable(typeof(SupportedVersions))]
[JsonSerializable(typeof(int[]))]
internal sealed partial class ContractsJsonContext : JsonSerializerContext;
