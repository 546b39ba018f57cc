using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;

namespace VmSupervisor.Vms.Journal;

/// <summary>
/// The JSON of stored events and snapshots. Apart from the JSON that travels, so that the two can change apart; the
/// bytes are pinned by tests.
/// </summary>
internal static class JournalJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    private static readonly (string, object?) NoRestarts = ("restarts", ValueList<DateTimeOffset>.Empty);

    private static readonly (string, object?) NoMoves = ("moves", Moves.None);

    private static JsonSerializerOptions Create()
    {
        var resolver = new DefaultJsonTypeInfoResolver();
        resolver.Modifiers.Add(info => Closed<Step>(
            info, "step", (typeof(Step.RunDirectory), "run-directory"), (typeof(Step.Cgroup), "cgroup"), (typeof(Step.Volume), "volume"), (typeof(Step.Network), "network"),
            (typeof(Step.SavedMemory), "saved-memory"), (typeof(Step.PartialBackup), "partial-backup"), (typeof(Step.SessionImage), "session-image"),
            (typeof(Step.MovedImages), "moved-images")));
        resolver.Modifiers.Add(info => Closed<StopPhase>(
            info, "phase", (typeof(StopPhase.EndHook), "end-hook"), (typeof(StopPhase.PreStop), "pre-stop"),
            (typeof(StopPhase.AskGuest), "ask-guest"), (typeof(StopPhase.Quit), "quit"), (typeof(StopPhase.Terminate), "terminate"),
            (typeof(StopPhase.Kill), "kill"), (typeof(StopPhase.AwaitExit), "await-exit"), (typeof(StopPhase.Extinguish), "extinguish"),
            (typeof(StopPhase.Clean), "clean"), (typeof(StopPhase.PostStop), "post-stop")));
        resolver.Modifiers.Add(info => Closed<VmState>(
            info, "state", (typeof(Undefined), "undefined"), (typeof(CleanedUp), "cleaned-up"), (typeof(Starting), "starting"),
            (typeof(Running), "running"), (typeof(Stopping), "stopping")));
        resolver.Modifiers.Add(info => Closed<Activity>(
            info, "activity", (typeof(Activity.Backup), "backup"), (typeof(Activity.Hibernation), "hibernation"), (typeof(Activity.Migration), "migration")));
        resolver.Modifiers.Add(info => Closed<BackupPhase>(
            info, "phase", (typeof(BackupPhase.Begin), "begin"), (typeof(BackupPhase.Copy), "copy"), (typeof(BackupPhase.Undo), "undo")));
        resolver.Modifiers.Add(info => Closed<MigrationPhase>(
            info, "phase", (typeof(MigrationPhase.Check), "check"), (typeof(MigrationPhase.Prepare), "prepare"), (typeof(MigrationPhase.Send), "send"),
            (typeof(MigrationPhase.GiveUp), "give-up"), (typeof(MigrationPhase.Resume), "resume")));
        resolver.Modifiers.Add(OnlyWhatWasSet);
        resolver.Modifiers.Add(info => CameLater<VmDefinition>(
            info, ("uuid", null), ("startupOrder", VmDefinition.DefaultStartupOrder), ("startupDelay", TimeSpan.Zero), ("memoryLimit", null), ("cpuLimit", null)));
        resolver.Modifiers.Add(info => CameLater<DiskDefinition>(info, ("type", DiskType.File), ("script", null)));
        resolver.Modifiers.Add(info => CameLater<DiskDefinition>(
            info, ("media", DiskMedia.Disk), ("cache", DiskCache.Writeback), ("discard", DiskDiscard.Ignore), ("iothread", false), ("serial", null)));
        resolver.Modifiers.Add(info => CameLater<VmDefinition>(
            info, ("pinnedMachine", null), ("topology", null), ("cpu", null), ("cpuFlags", ValueList<string>.Empty), ("firmware", Firmware.Bios),
            ("boot", ValueList<string>.Empty), ("rng", true), ("balloon", true), ("agent", false), ("pvpanic", true), ("watchdog", Watchdog.Reset)));
        resolver.Modifiers.Add(info => CameLater<NicDefinition>(info, ("vlan", null), ("mtu", null), ("queues", 1), ("link", NicLink.Up), ("forward", ValueList<PortForward>.Empty)));
        resolver.Modifiers.Add(info => CameLater<Step.Volume>(info, ("type", DiskType.File), ("script", null)));
        resolver.Modifiers.Add(info => CameLater<Event.StopAccepted>(info, ("next", StopNext.Rest), ("backup", null)));
        resolver.Modifiers.Add(info => CameLater<Event.StartDeferred>(info, ("cause", Cause.ApiStart), ("fresh", false)));
        resolver.Modifiers.Add(info => CameLater<Event.StartAccepted>(info, ("backup", null)));
        resolver.Modifiers.Add(info => CameLater<MigrationPlan>(info, ("storage", MigrationStorage.Detect), ("keepsSource", false), ("disks", ValueList<DiskMove>.Empty)));
        resolver.Modifiers.Add(info => CameLater<Event.FinishRequested>(info, ("figures", null)));
        resolver.Modifiers.Add(info => CameLater<Event.ReceiveAccepted>(info, ("next", null)));
        resolver.Modifiers.Add(info => CameLater<Event.CleanedUp>(info, ("saved", null)));
        resolver.Modifiers.Add(info => CameLater<Life>(
            info, ("continues", false), ("leftovers", ValueList<Step>.Empty), ("restores", null), ("saved", null), ("discards", null), ("incoming", null)));
        resolver.Modifiers.Add(info => CameLater<Undefined>(info, NoMoves));
        resolver.Modifiers.Add(info => CameLater<CleanedUp>(info, ("pending", null), ("saved", null), NoRestarts, NoMoves));
        resolver.Modifiers.Add(info => CameLater<Starting>(info, ("backup", null), ("looks", ValueList<Operation>.Empty), NoRestarts, NoMoves));
        resolver.Modifiers.Add(info => CameLater<Running>(info, ("activity", null), NoRestarts, NoMoves));
        resolver.Modifiers.Add(info => CameLater<Stopping>(info, ("reboots", ValueList<Operation>.Empty), ("nextCause", Cause.ApiStart), ("nextFresh", false), ("nextBackup", null), ("holdsVolumes", false), NoRestarts, NoMoves));
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            TypeInfoResolver = resolver,
            Converters =
            {
                new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false),
                new Converter<VmId>((ref Utf8JsonReader r) => new VmId(r.GetInt32()), (w, v) => w.WriteNumberValue(v.Value)),
                new Converter<Incarnation>((ref Utf8JsonReader r) => new Incarnation(r.GetInt64()), (w, v) => w.WriteNumberValue(v.Value)),
                new Converter<OperationId>((ref Utf8JsonReader r) => OperationId.Parse(r.GetString() ?? ""), (w, v) => w.WriteStringValue(v.Value)),
            },
        };
        options.MakeReadOnly();
        return options;
    }

    /// <summary>A closed hierarchy: each member under a name that outlives its class name.</summary>
    private static void Closed<T>(JsonTypeInfo info, string discriminator, params ReadOnlySpan<(Type Type, string Name)> members)
    {
        if (info.Type != typeof(T))
            return;
        info.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = discriminator };
        foreach (var (type, name) in members)
            info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(type, name));
    }

    /// <summary>What can be derived is not stored: only what a constructor or an initialiser takes.</summary>
    private static void OnlyWhatWasSet(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object || info.Type.Namespace?.StartsWith("VmSupervisor", StringComparison.Ordinal) != true)
            return;
        for (var i = info.Properties.Count - 1; i >= 0; i--)
        {
            var property = info.Properties[i];
            if (property.Set is null && property.AssociatedParameter is null)
                info.Properties.RemoveAt(i);
        }
    }

    /// <summary>
    /// What came after the first journals is stored only when it says something: what they hold reads as before, and
    /// what could be said then is stored as then.
    /// </summary>
    private static void CameLater<T>(JsonTypeInfo info, params ReadOnlySpan<(string Property, object? Default)> properties)
    {
        if (info.Type != typeof(T))
            return;
        foreach (var (name, ordinary) in properties)
            info.Properties.Single(p => p.Name == name).ShouldSerialize = (_, value) => !Equals(value, ordinary);
    }

    private delegate T ReadValue<T>(ref Utf8JsonReader reader);

    private sealed class Converter<T>(ReadValue<T> read, Action<Utf8JsonWriter, T> write) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(ref reader);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => write(writer, value);
    }
}
