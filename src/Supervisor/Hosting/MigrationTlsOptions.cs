namespace VmSupervisor.Hosting;

/// <summary>PEM files with which a node's QEMUs prove to each other whose they are; absolute paths.</summary>
/// <param name="Authority">The cluster's CA.</param>
/// <param name="Certificate">The node's certificate, good for both ends; it names the node.</param>
/// <param name="Key">Its private key, readable for QEMU.</param>
public sealed record MigrationTlsOptions(string Authority, string Certificate, string Key);
