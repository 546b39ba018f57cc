using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Doctor;
using VmSupervisor.Vms;

namespace VmSupervisor.Hosting;

/// <summary>The board as the doctor sees it.</summary>
internal sealed class BoardOfDoctor(IVmSupervisor supervisor, VmBoard board) : IKnownVms
{
    public KnownVms Look() => new(
        supervisor.Node.Ready,
        [.. from view in board.List() let definition = board.FindDefinition(view.Id) where definition is not null select Of(view, definition)],
        [.. from vm in board.Unavailable() let why = board.WhyUnavailable(vm) where why is not null select new UnrecoveredVm(vm, why)]);

    private static KnownVm Of(VmView view, Contracts.Definitions.VmDefinition definition) =>
        new(view.Id, definition, view.State == Api.AtRest ? null : view.Incarnation, view.Pid)
        {
            Kept = [.. view.Volumes.Where(v => v.Kept || v.Active).Select(v => v.Path)],
        };
}
