using System.Text.Json;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Migrations;

/// <summary>The monitor's commands for a live migration.</summary>
internal static class LiveCommands
{
    /// <summary>How it goes.</summary>
    public static QmpCommand<QmpLiveMigration> Query { get; } = new("query-migrate", QmpLiveMigration.Read);

    /// <summary>Gives it up; fine when there is none.</summary>
    public static QmpCommand<QmpNothing> Cancel { get; } = new("migrate_cancel", QmpNothing.Read);

    /// <summary>Goes on from the stop before the switch-over.</summary>
    public static QmpCommand<QmpNothing> SwitchOver { get; } =
        new("migrate-continue", QmpNothing.Read, json => json.WriteString("state", "pre-switchover"));

    /// <summary>Lets the guest change over now and its memory follow.</summary>
    public static QmpCommand<QmpNothing> StartPostcopy { get; } = new("migrate-start-postcopy", QmpNothing.Read);

    /// <summary>
    /// All capabilities, also those that are off: an attempt before may have set them. Refused once a migration is under
    /// way.
    /// </summary>
    public static QmpCommand<QmpNothing> Capabilities(MigrationOptions migration) => new("migrate-set-capabilities", QmpNothing.Read, json =>
    {
        json.WriteStartArray("capabilities");
        Set("events", true);

        // Without it the source says completed when all is sent, and not when all is loaded.
        Set("return-path", true);
        Set("pause-before-switchover", true);

        // The target opens its images for writing when it runs, not when it has loaded.
        Set("late-block-activate", true);
        // A port that an aborted session has left may be the next one's before its source has connected.
        Set("validate-uuid", true);
        Set("auto-converge", migration.AutoConverge);
        Set("multifd", migration.Channels is not null);
        Set("postcopy-ram", migration.Postcopy);
        json.WriteEndArray();

        void Set(string capability, bool state)
        {
            json.WriteStartObject();
            json.WriteString("capability", capability);
            json.WriteBoolean("state", state);
            json.WriteEndObject();
        }
    });

    /// <summary>Parameters of the connection; the empty string takes back what an attempt before has set.</summary>
    /// <param name="migration">How it goes.</param>
    /// <param name="credentials">The object with what this end proves itself with, if it is encrypted.</param>
    public static QmpCommand<QmpNothing> Connection(MigrationOptions migration, string credentials) => new("migrate-set-parameters", QmpNothing.Read, json =>
    {
        if (migration.Channels is { } channels)
            json.WriteNumber("multifd-channels", channels);
        json.WriteString("tls-creds", migration.Tls is null ? "" : credentials);
        json.WriteString("tls-hostname", migration.Tls?.Hostname ?? "");
    });

    /// <summary>Limits; may be set at any time.</summary>
    public static QmpCommand<QmpNothing> Limits(MigrationLimits limits) => new("migrate-set-parameters", QmpNothing.Read, json =>
    {
        if (limits.BytesPerSecond is { } speed)
        {
            json.WriteNumber("max-bandwidth", speed);
            json.WriteNumber("max-postcopy-bandwidth", speed);
        }

        if (limits.Downtime is { } downtime)
            json.WriteNumber("downtime-limit", (long)downtime.TotalMilliseconds);
    });

    /// <summary>Begins; or, with <paramref name="resume"/>, connects a post-copy again.</summary>
    public static QmpCommand<QmpNothing> Migrate(MigrationAddress to, bool resume = false) => new("migrate", QmpNothing.Read, json =>
    {
        json.WriteString("uri", to.Uri);
        if (resume)
            json.WriteBoolean("resume", true);
    });

    /// <summary>Listens.</summary>
    public static QmpCommand<QmpNothing> Listen(string uri) => new("migrate-incoming", QmpNothing.Read, json => json.WriteString("uri", uri));

    /// <summary>Listens again, in a post-copy without connection.</summary>
    public static QmpCommand<QmpNothing> ListenAgain(string uri) => new("migrate-recover", QmpNothing.Read, json => json.WriteString("uri", uri));
}
