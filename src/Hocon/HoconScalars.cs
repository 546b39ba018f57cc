using System.Globalization;

namespace VmSupervisor.Hocon;

/// <summary>A value that is neither an object nor an array. It has a text, which is what concatenation uses.</summary>
public abstract class HoconScalar : HoconValue
{
    private protected HoconScalar(HoconOrigin origin)
        : base(origin)
    {
    }

    /// <summary>The value's text: a string itself, a number as it was written, <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    public abstract string Text { get; }

    internal sealed override long Size => Text.Length + 1;

    internal sealed override int Depth => 1;

    /// <inheritdoc/>
    public sealed override bool Equals(HoconValue? other) =>
        other is HoconScalar scalar && scalar.GetType() == GetType() && scalar.Text == Text;

    /// <inheritdoc/>
    public sealed override int GetHashCode() => HashCode.Combine(GetType(), Text);
}

/// <summary>A string, quoted or not.</summary>
public sealed class HoconString(string value, HoconOrigin origin) : HoconScalar(origin)
{
    private const int Shown = 60;

    /// <inheritdoc/>
    public override string Text { get; } = value;

    /// <inheritdoc/>
    public override string Describe() =>
        "string " + HoconRenderer.Quote(Text.Length <= Shown ? Text : Text[..(char.IsHighSurrogate(Text[Shown - 1]) ? Shown - 1 : Shown)] + "…");
}

/// <summary>A number in JSON's grammar, kept as it was written.</summary>
public sealed class HoconNumber : HoconScalar
{
    internal HoconNumber(string text, HoconOrigin origin)
        : base(origin) => Text = text;

    /// <summary>A whole number.</summary>
    public HoconNumber(long value, HoconOrigin origin)
        : this(value.ToString(CultureInfo.InvariantCulture), origin)
    {
    }

    /// <inheritdoc/>
    public override string Text { get; }

    /// <inheritdoc/>
    public override string Describe() => "number " + Text;
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed class HoconBoolean(bool value, HoconOrigin origin) : HoconScalar(origin)
{
    /// <summary>The truth.</summary>
    public bool Value { get; } = value;

    /// <inheritdoc/>
    public override string Text => Value ? "true" : "false";

    /// <inheritdoc/>
    public override string Describe() => "boolean " + Text;
}

/// <summary>An explicit <c>null</c>. It is a value: it hides what stood there before and is not looked up elsewhere.</summary>
public sealed class HoconNull(HoconOrigin origin) : HoconScalar(origin)
{
    /// <inheritdoc/>
    public override string Text => "null";

    /// <inheritdoc/>
    public override string Describe() => "null";
}
