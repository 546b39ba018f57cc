namespace VmSupervisor.Cli.Consoles;

/// <summary>What was asked for.</summary>
/// <param name="Vm">The VM.</param>
/// <param name="Request">How to attach.</param>
/// <param name="Escape">The escape key; null for none.</param>
/// <param name="Until">Ends when this was printed; null for no such end.</param>
/// <param name="UntilSeesHistory">Whether what was printed before counts.</param>
internal sealed record ConsoleSettings(string Vm, Client.ConsoleRequest Request, byte? Escape, string? Until, bool UntilSeesHistory);
