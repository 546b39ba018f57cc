namespace VmSupervisor.Journal.Sqlite;

/// <summary>The tables, and how a file is known to be ours.</summary>
internal static class Schema
{
    /// <summary>"VMSJ": in the file's header, so that a foreign file is known before SQLite opens it.</summary>
    public const int ApplicationId = 0x564D534A;

    /// <summary>Raised with every change of the tables; kept in the file's header.</summary>
    public const int Version = 2;

    /// <summary>SQLite's default page size, which is that of the file.</summary>
    public const long PageBytes = 4096;

    // Times are ticks of 100 ns since year 1, UTC. A stream's highest version is that of its newest event or, when all
    // are deleted, deleted_to: deriving it saves the write of one page per append. The ballast is only ever there while the log is made to grow.
    public const string Create = """
        CREATE TABLE streams (
            id             INTEGER PRIMARY KEY,
            persistence_id TEXT NOT NULL UNIQUE,
            deleted_to     INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TABLE events (
            position       INTEGER PRIMARY KEY AUTOINCREMENT,
            stream         INTEGER NOT NULL REFERENCES streams (id),
            version        INTEGER NOT NULL,
            type           TEXT NOT NULL,
            schema_version INTEGER NOT NULL,
            at             INTEGER NOT NULL,
            payload        BLOB NOT NULL,
            UNIQUE (stream, version)
        ) STRICT;
        CREATE TABLE snapshots (
            stream         INTEGER NOT NULL REFERENCES streams (id),
            version        INTEGER NOT NULL,
            type           TEXT NOT NULL,
            schema_version INTEGER NOT NULL,
            at             INTEGER NOT NULL,
            payload        BLOB NOT NULL,
            UNIQUE (stream, version)
        ) STRICT;
        CREATE TABLE receipts (
            key            TEXT NOT NULL PRIMARY KEY,
            fingerprint    TEXT NOT NULL,
            expires_at     INTEGER NOT NULL,
            payload        BLOB NOT NULL
        ) STRICT;
        CREATE INDEX receipts_by_expiry ON receipts (expires_at);
        CREATE TABLE notes (
            id             INTEGER PRIMARY KEY AUTOINCREMENT,
            stream         INTEGER NOT NULL REFERENCES streams (id),
            at_version     INTEGER NOT NULL,
            at             INTEGER NOT NULL,
            payload        BLOB NOT NULL
        ) STRICT;
        CREATE INDEX notes_by_stream ON notes (stream, id);
        CREATE TABLE ballast (space BLOB NOT NULL) STRICT;
        """ + Second;

    /// <summary>Can be prepared where the tables of version 1 are.</summary>
    public const string FirstTables = """
        SELECT streams.deleted_to, events.version, events.type, events.schema_version, events.at, events.payload, snapshots.payload,
            receipts.fingerprint, receipts.expires_at, notes.at_version, ballast.space
        FROM streams, events, snapshots, receipts, notes, ballast
        """;

    /// <summary>From version 1 to 2.</summary>
    public const string Upgrade = Second + """
        INSERT INTO kinds SELECT DISTINCT type, schema_version FROM events;
        """;

    // Which journal this is, see JournalIdentity; and every kind of event ever written, so that a program can tell at
    // once whether a newer one was here.
    private const string Second = """

        CREATE TABLE identity (
            journal        TEXT NOT NULL,
            epoch          TEXT NOT NULL
        ) STRICT;
        INSERT INTO identity VALUES (lower(hex(randomblob(16))), lower(hex(randomblob(16))));
        CREATE TABLE kinds (
            type           TEXT NOT NULL,
            schema_version INTEGER NOT NULL,
            UNIQUE (type, schema_version)
        ) STRICT;

        """;

    /// <summary>What makes of a copy another epoch.</summary>
    public const string NewEpoch = "UPDATE identity SET epoch = lower(hex(randomblob(16)))";
}
