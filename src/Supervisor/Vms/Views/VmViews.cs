using System.Globalization;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Domain;
using VmSupervisor.Qemu.CommandLine;

namespace VmSupervisor.Vms.Views;

/// <summary>A VM's state as it is shown.</summary>
internal static class VmViews
{
    /// <summary>The view of a state; null when the VM is not defined.</summary>
    public static VmView? Of(VmId vm, string node, VmState state, long version) => state is not Known known
        ? null
        : new VmView(
            vm,
            known.Definition.Name,
            node,
            StateOf(known),
            known.Last,
            GuestOf(known).ToText(),
            known.Current is { Exit: null, Process: { } process } ? process.Pid : null,
            CauseOf(known).ToText(),
            known.Since,
            known.Operations.FirstOrDefault()?.Id,
            ActivityOf(known),
            known.Restarts.Count,
            VolumesOf(known),
            known.Problems.Concat(Hints(known)).ToValueList())
        {
            Detail = known switch
            {
                CleanedUp { Pending: { } restart } cleaned =>
                    string.Create(CultureInfo.InvariantCulture, $"{cleaned.Detail}{(cleaned.Detail.Length > 0 ? "; " : "")}started again at {restart.Due.UtcDateTime:HH:mm:ss}Z"),
                CleanedUp cleaned => cleaned.Detail,
                Stopping stopping => stopping.Detail,
                _ => "",
            },
            Machine = MachineOf(known.Current?.Definition ?? known.Definition),
            Home = known.Moves.Home,
            Pending = known.Current is { } life && IsChanged(life.Definition, known.Definition),
            Networks = NetworksOf(vm, node, (known.Current?.Definition ?? known.Definition).Nics),
            Version = version,
        };

    private static string MachineOf(VmDefinition definition) => definition.PinnedMachine ?? definition.Machine;

    /// <summary>A guest that came from another node goes on under what it ran under there; that changes nothing that was left open.</summary>
    private static bool IsChanged(VmDefinition now, VmDefinition next) =>
        (next.Accel == Accelerator.Auto ? now with { Accel = Accelerator.Auto } : now) != next;

    private static string StateOf(Known known) => known switch
    {
        CleanedUp => Api.AtRest,
        Starting => "Starting",
        Running => "Running",
        Stopping => "Stopping",
        _ => throw new InvalidOperationException($"{known.GetType().Name} is not a state"),
    };

    /// <summary>What the VM is busy with, beside what its state says.</summary>
    private static string? ActivityOf(Known known) => known switch
    {
        CleanedUp { Pending: not null } => "restart",
        Starting { Backup: not null } or Running { Activity: Activity.Backup } or Stopping { NextBackup: not null } => "backup",
        Running { Activity: Activity.Hibernation } => "suspend-to-disk",
        Running { Activity: Activity.Migration } or Starting { Life.IsOnTrial: true } or { Moves.Handover: not null } => "migrate",
        Stopping { Reboots.Count: > 0 } => "reboot",
        Stopping { NextUndefine: not null } => "undefine",
        _ => null,
    };

    /// <summary>What needs a person and follows from the state: it is over when the state is.</summary>
    private static IEnumerable<string> Hints(Known known)
    {
        if (known is Running { Life.Guest: GuestState.Panicked })
        {
            yield return "the guest has panicked and its process is preserved: 'vmsup console' shows its last words, 'vmsup monitor' "
                + "looks inside (dump-guest-memory writes a core), 'vmsup stop' or 'vmsup reboot' ends it";
        }

        if (known.Moves.Handover is not null)
            yield return Handovers.WhyNot(known.Moves)!;
        if (known is Starting { Phase: StartPhase.Confirm, Life.Incoming: { } incoming })
        {
            yield return $"it was committed here before the supervisor was restarted, and has not run yet: node {incoming.Session.Source} is being asked whether it still leaves it here; "
                + $"if {incoming.Session.Source} is gone for good and fenced, 'vmsup migrate-resolve' decides";
        }
    }

    private static GuestState GuestOf(Known known) => known.Current is { Exit: null } life ? life.Guest : GuestState.Off;

    private static Cause CauseOf(Known known) => known switch
    {
        CleanedUp cleaned => cleaned.Cause,
        Stopping stopping => stopping.Cause,
        _ => known.Current!.Cause,
    };

    private static ValueList<NetworkView> NetworksOf(VmId vm, string node, ValueList<NicDefinition> nics) => nics
        .Select((nic, place) => new NetworkView(
            $"net{place}", nic.Type, nic.Bridge, nic.Mac ?? StableIds.MacAddress(node, vm, place), nic.Forward.Select(f => f.ToString()).ToValueList()))
        .ToValueList();

    private static ValueList<VolumeView> VolumesOf(Known known)
    {
        var steps = known switch
        {
            CleanedUp cleaned => cleaned.Kept,
            { Current: { Acquiring: true, Released: false } life } => life.Plan,
            _ => ValueList<Step>.Empty,
        };
        var active = steps.OfType<Step.Volume>().ToArray();
        var named = known.Definition.Disks.Select((disk, i) =>
            new VolumeView($"disk{i}", disk.Path, active.Any(a => a.Is(disk)), known is CleanedUp && active.Any(a => a.Is(disk))));
        var orphans = active.Where(a => !known.Definition.Disks.Any(a.Is)).Select(a => new VolumeView(a.Name, a.Path, true, known is CleanedUp));
        return named.Concat(orphans).ToValueList();
    }
}
