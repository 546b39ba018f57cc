using VmSupervisor.Contracts.Views;
using VmSupervisor.Doctor;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests;

public sealed class DoctorTests
{
    [Fact]
    public async Task What_the_doctor_found_is_an_array_in_its_order()
    {
        await using var host = await SupervisorHost.StartAsync(doctor: new Doctor());

        var (status, checks, _) = await host.SendAsync("GET", "/v1/node/doctor");

        Assert.Equal(200, status);
        Assert.Equal(
            """[{"check":"qemu","status":"ok","found":"is there","remedy":null},{"check":"hooks","status":"failed","found":"is not","remedy":"chmod +x"}]""",
            checks.GetRawText());
    }

    [Fact]
    public async Task A_supervisor_without_a_doctor_says_so()
    {
        await using var host = await SupervisorHost.StartAsync();

        var (status, problem, _) = await host.SendAsync("GET", "/v1/node/doctor");

        Assert.Equal((404, "this node cannot examine itself"), (status, problem.GetProperty("detail").GetString()));
    }

    private sealed class Doctor : INodeDoctor
    {
        public Task<IReadOnlyList<DoctorCheck>> ExamineAsync(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<DoctorCheck>>(
            [new("qemu", DoctorStatus.Ok, "is there", null), new("hooks", DoctorStatus.Failed, "is not", "chmod +x")]);
    }
}
