using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts;

/// <summary>The number of a VM on its node, as operators type it: 1 to 999,999,999.</summary>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(VmIdJsonConverter))]
public readonly record struct VmId(int Value) : IComparable<VmId>
{
    /// <summary>The largest id, as in Proxmox VE (nine digits; ids become part of paths and interface names).</summary>
    public const int MaxValue = 999_999_999;

    /// <summary>Reads an id; false when the text is not a number between 1 and <see cref="MaxValue"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out VmId id)
    {
        var ok = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= MaxValue;
        id = ok ? new VmId(value) : default;
        return ok;
    }

    /// <inheritdoc/>
    public int CompareTo(VmId other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One life of one QEMU process of a VM: numbered from 1, never reused; 0 means "none yet".</summary>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(IncarnationJsonConverter))]
public readonly record struct Incarnation(long Value) : IComparable<Incarnation>
{
    /// <summary>The next life's number.</summary>
    public Incarnation Next() => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(Incarnation other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// The name a caller gives to one request, so that asking again does nothing twice: 1 to 64 letters, digits,
/// <c>. _ : -</c>.
/// </summary>
[JsonConverter(typeof(OperationIdJsonConverter))]
public readonly record struct OperationId
{
    /// <summary>The longest id: room for two UUIDs, short enough for every log line.</summary>
    public const int MaxLength = 64;

    private readonly string? value;

    private OperationId(string value) => this.value = value;

    /// <summary>The id as text; empty for the default value.</summary>
    public string Value => value ?? "";

    /// <summary>Takes an id; false when it is empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OperationId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '-'))
                return false;
        }

        id = new OperationId(text);
        return true;
    }

    /// <summary>Takes an id.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static OperationId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"operation id '{text}': allowed are 1 to {MaxLength} letters, digits and . _ : -");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
