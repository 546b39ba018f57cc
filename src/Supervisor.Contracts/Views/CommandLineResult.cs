namespace VmSupervisor.Contracts.Views;

/// <summary>The command line that a start of a VM would use, or why there would be none.</summary>
/// <param name="Arguments">QEMU's executable and its arguments; empty when there is a problem.</param>
/// <param name="Problem">Why it would not start; null when there is a command line.</param>
public sealed record CommandLineResult(ValueList<string> Arguments, Problem? Problem);
