using System.Globalization;
using VmSupervisor.Contracts;

namespace VmSupervisor.Client;

/// <summary>How to attach to a console.</summary>
public sealed record ConsoleRequest
{
    /// <summary>To read, to write if nobody else does (unless told), or to write whoever did.</summary>
    public ConsoleMode Mode { get; init; } = ConsoleMode.Write;

    /// <summary>How many bytes at most of what was printed before; 16 KiB unless told.</summary>
    public long History { get; init; } = 16 * 1024;

    /// <summary>Whether to go on with the VM's next incarnation when this one has ended, and to wait for one when it does not run.</summary>
    public bool Follow { get; init; }

    /// <summary>Where an earlier connection broke; null for a new one.</summary>
    public ConsolePlace? After { get; init; }

    internal string Query
    {
        get
        {
            var mode = Mode switch
            {
                ConsoleMode.Read => "read",
                ConsoleMode.Write => "write",
                ConsoleMode.Force => "force",
                _ => throw new InvalidOperationException($"{Mode} is not a mode"),
            };
            var after = After is { } place ? $"&incarnation={place.Incarnation}&after={Uri.EscapeDataString(place.Text)}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"?access={mode}&history={History}&follow={(Follow ? "true" : "false")}{after}");
        }
    }
}

/// <summary>What one may do at a console.</summary>
public enum ConsoleMode
{
    /// <summary>Read.</summary>
    Read,

    /// <summary>Write, if nobody else does.</summary>
    Write,

    /// <summary>Write, whoever did.</summary>
    Force,
}

/// <summary>A place in what a guest wrote.</summary>
/// <param name="Incarnation">In which life.</param>
/// <param name="Text">Opaque.</param>
public sealed record ConsolePlace(Incarnation Incarnation, string Text);
