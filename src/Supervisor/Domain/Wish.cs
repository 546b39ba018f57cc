using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Domain;

/// <summary>What somebody asks for. It can be refused.</summary>
internal abstract record Wish
{
    public sealed record Define(VmDefinition Definition) : Wish;

    public sealed record Undefine : Wish;

    public sealed record Start(bool Paused) : Wish;

    public sealed record Stop(bool KeepActive) : Wish;

    public sealed record Shutdown(TimeSpan? Timeout, TimeSpan? ForceAfter, bool KeepActive) : Wish;

    public sealed record Guest(GuestRequest Request) : Wish;
}

/// <summary>What is asked of the guest's machine through the monitor.</summary>
internal enum GuestRequest
{
    Pause,
    Resume,
    Reset,
}
