namespace VmSupervisor.Contracts.Views;

/// <summary>Something of this node's on the host that no VM accounts for. The field names are fixed.</summary>
/// <param name="Id">Names exactly this one thing: another process of the same pid has another id.</param>
/// <param name="Kind"><c>process</c>, <c>tap</c>, <c>loop</c> or <c>run-directory</c>.</param>
/// <param name="Vm">The VM whose it was.</param>
/// <param name="Found">What it is, in one line for a person.</param>
/// <param name="Action">What would be done about it; null when it is left alone.</param>
/// <param name="Why">Why it is left alone; null when it is not.</param>
public sealed record LeftoverView(string Id, string Kind, VmId Vm, string Found, string? Action, string? Why);

/// <summary>What became of a leftover that was to be removed. The field names are fixed.</summary>
/// <param name="Id">Which.</param>
/// <param name="Removed">Whether it is gone.</param>
/// <param name="Result">What was done, or why not, in one line for a person.</param>
public sealed record LeftoverRemoval(string Id, bool Removed, string Result);

/// <summary>Which leftovers are to be removed: what somebody has seen and agreed to.</summary>
/// <param name="Ids">Their ids.</param>
public sealed record LeftoverRequest(ValueList<string> Ids);
