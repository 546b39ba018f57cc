using VmSupervisor.Domain;

namespace VmSupervisor.Model.Worlds;

/// <summary>What of the domain the model knows; a test compares it with what the domain has.</summary>
internal static class ModelKinds
{
    public static IReadOnlyCollection<Type> Effects { get; } =
    [
        typeof(Effect.RunHooks), typeof(Effect.EndHooks), typeof(Effect.BringUp), typeof(Effect.Continue), typeof(Effect.WatchExit), typeof(Effect.FollowGuest),
        typeof(Effect.Look), typeof(Effect.Ask), typeof(Effect.PowerDown), typeof(Effect.Quit), typeof(Effect.Terminate), typeof(Effect.Kill),
        typeof(Effect.Extinguish), typeof(Effect.Release), typeof(Effect.WaitUntil),
        typeof(Effect.BeginBackup), typeof(Effect.FollowBackup), typeof(Effect.UndoBackup), typeof(Effect.SaveMemory), typeof(Effect.UndoSave),

        // In tests/Model/Migrations. Hurry only changes how long the guest stands still.
        typeof(Effect.CheckTarget), typeof(Effect.PrepareTarget), typeof(Effect.Send), typeof(Effect.Hurry), typeof(Effect.CancelSend), typeof(Effect.SeekVerdict),
        typeof(Effect.BidFarewell), typeof(Effect.Listen), typeof(Effect.Receive), typeof(Effect.WatchPeer), typeof(Effect.AskSource),
    ];

    /// <summary>Trouble is left out: it adds a line for a person and nothing else.</summary>
    public static IReadOnlyCollection<Type> Observations { get; } =
    [
        typeof(Observation.HookEnded), typeof(Observation.Launched), typeof(Observation.BringUpFailed), typeof(Observation.Continued),
        typeof(Observation.ContinueFailed), typeof(Observation.GuestChanged), typeof(Observation.GuestReset), typeof(Observation.MonitorClosed),
        typeof(Observation.ProcessExited), typeof(Observation.Extinguished), typeof(Observation.Looked), typeof(Observation.RequestAnswered),
        typeof(Observation.PowerDownFailed), typeof(Observation.ReleasePassed), typeof(Observation.DeadlinePassed), typeof(Observation.Trouble),
        typeof(Observation.Recovered), typeof(Observation.BackupBegan), typeof(Observation.BackupEnded), typeof(Observation.BackupUndone),
        typeof(Observation.MemorySaved), typeof(Observation.SaveFailed), typeof(Observation.SaveUndone),
    ];

    /// <summary>What is seen in tests/Model/Migrations.</summary>
    public static IReadOnlyCollection<Type> ObservationsOfMigrations { get; } =
    [
        typeof(Observation.TargetChecked), typeof(Observation.TargetRefused), typeof(Observation.TargetPrepared), typeof(Observation.PrepareFailed),
        typeof(Observation.Sent), typeof(Observation.SendFailed), typeof(Observation.VerdictTold), typeof(Observation.FarewellTaken), typeof(Observation.Listening),
        typeof(Observation.Received), typeof(Observation.ReceiveFailed), typeof(Observation.PeerLost), typeof(Observation.SourceAnswered),
    ];

    /// <summary>What clients, and the other node, ask for in tests/Model/Migrations.</summary>
    public static IReadOnlyCollection<Type> WishesOfMigrations { get; } = [typeof(Wish.Migrate), typeof(Wish.Receive), typeof(Wish.LoseTarget), typeof(Wish.LoseSource)];

    /// <summary>What disks that go along need: tests/Supervisor.Tests/Vms/Migrations has whole nodes do it, with whoever dies.</summary>
    public static IReadOnlyCollection<Type> StepsOfMigrations { get; } = [typeof(Step.SessionImage), typeof(Step.MovedImages)];

    public static IReadOnlyCollection<Type> Steps { get; } = [typeof(Step.RunDirectory), typeof(Step.Volume), typeof(Step.Network), typeof(Step.SavedMemory), typeof(Step.PartialBackup), typeof(Step.Cgroup)];
}
