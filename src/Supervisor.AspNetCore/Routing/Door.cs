using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Access;

namespace VmSupervisor.AspNetCore.Routing;

/// <summary>What a request goes through, and what that needs of who asks.</summary>
/// <param name="Method">The method, as it is mapped; empty for one that leads nowhere.</param>
/// <param name="Pattern">The address, as it is mapped.</param>
internal sealed record Door(string Method, string Pattern)
{
    /// <summary>Where there is nothing: whoever may look learns that.</summary>
    public static Door Nowhere { get; } = new("", "");

    /// <summary>Where there is nothing, and everybody may learn that.</summary>
    public static Door Anywhere { get; } = new("", "*");

    /// <summary>Why somebody may not go through; null when they may.</summary>
    public string? WhyNot(IAccess access, Identity who, string? vm)
    {
        if (this == Anywhere)
            return null;
        return this == Nowhere ? access.WhyNot(who, HttpMethods.Get, "/v1/vms") : access.WhyNot(who, Method, Pattern, vm);
    }
}
