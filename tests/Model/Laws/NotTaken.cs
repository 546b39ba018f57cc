using VmSupervisor.Domain;

namespace VmSupervisor.Model.Laws;

/// <summary>Transitions that no exploration takes, and why.</summary>
internal static class NotTaken
{
    public static IReadOnlyDictionary<Transition, string> Reasons { get; } = new Dictionary<Transition, string>(
    [
        .. Of<Running>("a life runs only when its bring-up has reported, and that reports once", typeof(Observation.BringUpFailed), typeof(Observation.Launched)),
        .. Of<Running>("a life runs only when the hooks of its start have reported, and those of its end begin with the end", typeof(Observation.HookEnded)),
        .. Of<Running>("only an ending life is extinguished and released", typeof(Observation.Extinguished), typeof(Observation.ReleasePassed)),
        .. Of<Starting>("only an ending life is extinguished and released, and none starts again", typeof(Observation.Extinguished), typeof(Observation.ReleasePassed)),
        .. Of<Starting>(
            "only a life that runs is asked for it, and none that ran starts again",
            typeof(Observation.BackupBegan), typeof(Observation.BackupEnded), typeof(Observation.BackupUndone), typeof(Observation.Looked), typeof(Observation.MemorySaved),
            typeof(Observation.RequestAnswered), typeof(Observation.SaveFailed), typeof(Observation.SaveUndone)),
        .. Of<Starting>("only an ending guest is asked to power off", typeof(Observation.PowerDownFailed)),
        .. Of<Starting>("a start waits for no deadline of its own", typeof(Observation.DeadlinePassed)),
        .. Of<Starting>(
            "only a life that runs is sent to another node, and none that ran starts again", typeof(Observation.PrepareFailed), typeof(Observation.SendFailed),
            typeof(Observation.Sent), typeof(Observation.TargetChecked), typeof(Observation.TargetPrepared), typeof(Observation.TargetRefused)),
        .. Of<Running>(
            "a life that came from another node runs when all of this has been told", typeof(Observation.Listening), typeof(Observation.ReceiveFailed),
            typeof(Observation.Received), typeof(Observation.SourceAnswered)),
        .. Of<Stopping>(
            "it takes a restart behind the commit and a stop before the source's answer: 'make model' goes that far", typeof(Observation.SourceAnswered)),
        .. Of<Starting>(Trouble, typeof(Observation.Trouble)),
        .. Of<Running>(Trouble, typeof(Observation.Trouble)),
        .. Of<Stopping>(Trouble, typeof(Observation.Trouble)),
    ]);

    private const string Trouble = "left out of the model: it adds a line for a person and nothing else";

    private static IEnumerable<KeyValuePair<Transition, string>> Of<T>(string why, params Type[] news)
        where T : VmState => news.Select(one => KeyValuePair.Create(new Transition(typeof(T), one, Late: false), why));
}
