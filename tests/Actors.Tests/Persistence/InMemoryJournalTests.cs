using VmSupervisor.Actors.Persistence;
using VmSupervisor.Actors.TestKit.Journals;

namespace VmSupervisor.Actors.Tests.Persistence;

public sealed class InMemoryJournalTests : JournalConformance
{
    public static TheoryData<string> Cases => [.. CaseNames];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Conforms(string name) => RunAsync(name);

    protected override Task<IJournal> OpenAsync(TimeProvider clock) => Task.FromResult<IJournal>(new InMemoryJournal(clock));
}
