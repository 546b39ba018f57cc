namespace VmSupervisor.Scenarios.Tests.Text;

/// <summary>One file: what happens, and what is expected to come of it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Title">Its first comment: what must hold.</param>
/// <param name="IsReal">Whether it is also played on real QEMU.</param>
/// <param name="IsAnyOrder">Whether the seed may decide among several outcomes.</param>
/// <param name="Settings">What is to differ of the supervisor's settings.</param>
/// <param name="Lines">What happens, in order.</param>
/// <param name="Outcomes">What is expected: one, or with any order several; none when it is still to be written.</param>
internal sealed record Scenario(
    string Path, string Title, bool IsReal, bool IsAnyOrder, IReadOnlyList<Setting> Settings, IReadOnlyList<ScenarioLine> Lines,
    IReadOnlyList<string> Outcomes)
{
    public string Name { get; } = System.IO.Path.GetFileNameWithoutExtension(Path);
}

/// <summary>A line: at a moment, an act. It may have only one of them.</summary>
internal sealed record ScenarioLine(int Number, string Text, Moment? Moment, Act? Act);

/// <summary>A setting of the supervisor, as <c>vmsupd --set</c> takes it.</summary>
internal sealed record Setting(string Key, TimeSpan Value);
