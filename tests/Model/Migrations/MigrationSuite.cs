namespace VmSupervisor.Model.Migrations;

/// <summary>What is explored of migrations.</summary>
internal static class MigrationSuite
{
    /// <summary>What <c>make test</c> explores.</summary>
    public static IReadOnlyList<MigrationBounds> Quick { get; } =
    [
        new("a migration in which two things go wrong") { Faults = 2, Crashes = 0 },
        new("a migration under supervisors that die") { Faults = 0, Crashes = 2 },
        new("one migration after the other") { Migrations = 2, Faults = 1, Crashes = 0 },
        new("a paused guest that is sent") { WasPaused = true, Faults = 1, Crashes = 1 },
        new("people who stop it on either side") { Stops = 1, Faults = 1, Crashes = 0 },
        new("a migration that is cancelled") { Cancels = true, Faults = 1, Crashes = 0 },
        new("a target that is lost") { Loses = true, Faults = 1, Crashes = 0 },
        new("a migration with a deadline") { Deadline = TimeSpan.FromMinutes(1), Faults = 1, Crashes = 0 },
        new("a migration that is hurried") { Deadline = TimeSpan.FromMinutes(1), OnDeadline = VmSupervisor.Domain.LateMigration.StopAndCopy, Faults = 1, Crashes = 0 },
    ];

    /// <summary>What <c>make model</c> explores as far as time allows.</summary>
    public static IReadOnlyList<MigrationBounds> Deep { get; } =
    [
        new("one migration after the other") { Migrations = 2, Faults = 1, Crashes = 1 },
        new("people who stop and cancel") { Stops = 2, Cancels = true, Faults = 1, Crashes = 1 },
        new("everything at once") { Migrations = 2, Faults = 2, Crashes = 2, Stops = 2, Cancels = true, Loses = true, Deadline = TimeSpan.FromMinutes(1) },
    ];
}
