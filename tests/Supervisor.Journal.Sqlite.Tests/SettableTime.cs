namespace VmSupervisor.Supervisor.Journal.Sqlite.Tests;

/// <summary>A wall clock that shows what it is told; its timers are real.</summary>
internal sealed class SettableTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = TestJournal.Noon;

    public override DateTimeOffset GetUtcNow() => Now;
}
