using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests.Playing;

/// <summary>Where a scenario is played: a supervisor, its host and its guests, simulated or real.</summary>
internal interface IStage
{
    Task ActAsync(Act act);

    /// <exception cref="TimeoutException">It does not come to that.</exception>
    Task WaitAsync(Moment moment);

    /// <summary>Returns when no operation is under way and no VM on its way.</summary>
    /// <exception cref="TimeoutException">It does not come to rest.</exception>
    Task SettleAsync();

    /// <summary>What is seen now of these VMs.</summary>
    Task<IFacts> LookAsync(IReadOnlyCollection<VmId> vms);

    /// <summary>The answers to the commands so far, in their order, as they are known now.</summary>
    Task<IReadOnlyList<Answer>> AnswersAsync();

    /// <summary>What there is of these VMs on the host, a line each.</summary>
    Task<IReadOnlyList<string>> LeftAsync(IReadOnlyCollection<VmId> vms);

    /// <summary>A text without what differs from run to run, such as pids and directories.</summary>
    string Plain(string text);
}

/// <summary>A command, and what became of it; no view when its supervisor was killed before it answered.</summary>
internal sealed record Answer(VmId Vm, string Kind, OperationId Operation, OperationView? View);
