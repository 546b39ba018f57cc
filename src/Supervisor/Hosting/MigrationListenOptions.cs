namespace VmSupervisor.Hosting;

/// <summary>Where QEMU listens for guests of other nodes that come directly.</summary>
/// <param name="Address">An address of this host that other nodes reach; QEMU binds it and no other.</param>
/// <param name="FirstPort">The first port of the range, 1 to 65535: each guest that comes takes one until it runs.</param>
/// <param name="LastPort">The last port.</param>
public sealed record MigrationListenOptions(string Address, int FirstPort, int LastPort);
