using System.Runtime.CompilerServices;

namespace Tapestry.Keras.Layers;

/// <summary>One number, or one for each channel: <c>0.5</c> or <c>[0.5, 0.4, 0.3]</c>.</summary>
[CollectionBuilder(typeof(ChannelValues), nameof(Create))]
public readonly struct ChannelValues : IEquatable<ChannelValues>
{
    readonly double one;
    readonly double[]? each;

    ChannelValues(double one, double[]? each)
    {
        this.one = one;
        this.each = each;
    }

    /// <summary>One number.</summary>
    public static implicit operator ChannelValues(double value) => new(value, null);

    /// <summary>One number for each channel.</summary>
    public static implicit operator ChannelValues(double[] values) => new(0, [.. values]);

    /// <summary>True when both hold the same numbers.</summary>
    public static bool operator ==(ChannelValues left, ChannelValues right) => left.Equals(right);

    /// <summary>The opposite of equality.</summary>
    public static bool operator !=(ChannelValues left, ChannelValues right) => !left.Equals(right);

    /// <summary>One number for each channel; this is what <c>[0.5, 0.4]</c> calls.</summary>
    public static ChannelValues Create(ReadOnlySpan<double> values) => new(0, values.ToArray());

    /// <summary>The numbers.</summary>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)(each ?? [one])).GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ChannelValues other) => one.Equals(other.one) && (each is null) == (other.each is null) && (each is null || each.AsSpan().SequenceEqual(other.each));

    /// <inheritdoc/>
    public override bool Equals(object? other) => other is ChannelValues values && Equals(values);

    /// <inheritdoc/>
    public override int GetHashCode() => each is null ? one.GetHashCode() : each.Aggregate(0, HashCode.Combine);

    /// <summary>The numbers in brackets, or the only one.</summary>
    public override string ToString() => each is null ? $"{one}" : $"[{string.Join(", ", each)}]";

    internal object? ToConfig() => each is null ? one : each.Select(value => (object?)value).ToList();

    internal Tensor ToTensor(DType dtype) => Ops.Cast(each is null ? one : (Tensor)each, dtype);
}
