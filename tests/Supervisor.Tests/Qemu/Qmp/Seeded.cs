namespace VmSupervisor.Supervisor.Tests.Qemu.Qmp;

/// <summary>Numbers that depend on nothing but their seed (SplitMix64).</summary>
internal sealed class Seeded(ulong seed)
{
    private ulong state = seed;

    public void Fill(Span<byte> bytes)
    {
        foreach (ref var one in bytes)
            one = (byte)Below(256);
    }

    public int Below(int limit)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)limit);
    }
}
