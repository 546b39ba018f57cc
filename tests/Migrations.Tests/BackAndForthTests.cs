using VmSupervisor.Contracts.Commands;
using VmSupervisor.EndToEnd.Tests.Support;
using VmSupervisor.Migrations.Tests.Driving;

namespace VmSupervisor.Migrations.Tests;

[Trait("Category", "Qemu")]
public sealed class BackAndForthTests
{
    [Fact(Timeout = Limits.Test)]
    public async Task A_guest_that_writes_to_its_memory_goes_back_and_forth_and_no_number_is_missing_or_repeated()
    {
        var figures = await BackAndForth.RunAsync(6);

        Assert.Equal(6, figures.Count);
    }
}
