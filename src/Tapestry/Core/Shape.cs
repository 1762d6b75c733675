using System.Collections;
using System.Runtime.CompilerServices;

namespace Tapestry;

/// <summary>
/// The dimensions of a tensor. A dimension that is not known yet, usually the batch of a model, is written <c>null</c>:
/// <c>[null, 28, 28, 1]</c>. A scalar has the empty shape <c>[]</c>.
/// </summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<int?>, IEquatable<Shape>
{
    /// <summary>How an unknown dimension shows itself in <see cref="this[int]"/> and <see cref="Dimensions"/>.</summary>
    public const int Unknown = -1;

    /// <summary>The shape of a scalar.</summary>
    public static readonly Shape Scalar = new();

    readonly int[] dimensions;

    /// <summary>Creates a shape; -1 stands for an unknown dimension.</summary>
    /// <exception cref="TapestryException">A dimension is below -1, or there are more than 2³¹ - 1 elements.</exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        this.dimensions = dimensions.ToArray();
        long size = 1;
        foreach (var dimension in dimensions)
        {
            if (dimension < Unknown) throw new TapestryException("Shape", "negative dimension", Print(dimensions), "dimensions of 0 and above, or null for an unknown one");
            if (dimension == Unknown) IsFullyKnown = false;
            else if ((size *= dimension) > int.MaxValue) throw new TapestryException("Shape", "too many elements", Print(dimensions), $"at most {int.MaxValue} elements in one tensor");
        }

        Size = IsFullyKnown ? (int)size : Unknown;
    }

    /// <summary>The number of dimensions.</summary>
    public int Rank => dimensions.Length;

    /// <summary>The number of elements, or -1 when a dimension is unknown.</summary>
    public int Size { get; }

    /// <summary>True when no dimension is unknown.</summary>
    public bool IsFullyKnown { get; } = true;

    /// <summary>The dimensions; -1 for an unknown one.</summary>
    public ReadOnlySpan<int> Dimensions => dimensions;

    int IReadOnlyCollection<int?>.Count => dimensions.Length;

    int? IReadOnlyList<int?>.this[int index] => dimensions[index] == Unknown ? null : dimensions[index];

    /// <summary>One dimension; -1 when it is unknown. A negative axis counts from the end.</summary>
    public int this[int axis] => dimensions[axis < 0 ? axis + dimensions.Length : axis];

    /// <summary>One dimension, counted from either end (<c>shape[^1]</c>); -1 when it is unknown.</summary>
    public int this[Index axis] => dimensions[axis.GetOffset(dimensions.Length)];

    /// <summary>Some of the dimensions, as a shape.</summary>
    public Shape this[Range range] => new(dimensions.AsSpan()[range]);

    /// <summary>Creates a shape from dimensions of which null is unknown; this is what <c>[null, 5]</c> calls.</summary>
    public static Shape Create(ReadOnlySpan<int?> dimensions)
    {
        Span<int> known = dimensions.Length <= 16 ? stackalloc int[dimensions.Length] : new int[dimensions.Length];
        for (var i = 0; i < known.Length; i++) known[i] = dimensions[i] ?? Unknown;
        return new Shape(known);
    }

    /// <summary>A shape from an array of dimensions.</summary>
    public static implicit operator Shape(int[] dimensions) => new(dimensions);

    /// <summary>True when both have the same dimensions; unknown ones are equal to unknown ones only.</summary>
    public static bool operator ==(Shape? left, Shape? right) => left is null ? right is null : left.Equals(right);

    /// <summary>The opposite of equality.</summary>
    public static bool operator !=(Shape? left, Shape? right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(Shape? other) => ReferenceEquals(this, other) || (other is not null && dimensions.AsSpan().SequenceEqual(other.dimensions));

    /// <inheritdoc/>
    public override bool Equals(object? other) => Equals(other as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var dimension in dimensions) hash.Add(dimension);
        return hash.ToHashCode();
    }

    /// <summary>True when every dimension is equal to the other's or unknown on either side, and the ranks are equal.</summary>
    public bool IsCompatibleWith(Shape other)
    {
        if (Rank != other.Rank) return false;
        for (var i = 0; i < Rank; i++)
        {
            if (dimensions[i] != other.dimensions[i] && dimensions[i] != Unknown && other.dimensions[i] != Unknown) return false;
        }

        return true;
    }

    /// <summary>The dimensions as an array; -1 for an unknown one.</summary>
    public int[] ToArray() => [.. dimensions];

    /// <summary>The shape as TensorFlow prints it: <c>(2, 3)</c>, <c>(None, 5)</c>, <c>(4,)</c>, <c>()</c>.</summary>
    public override string ToString() => Print(dimensions);

    /// <inheritdoc/>
    public IEnumerator<int?> GetEnumerator()
    {
        foreach (var dimension in dimensions) yield return dimension == Unknown ? null : dimension;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    static string Print(ReadOnlySpan<int> dimensions)
    {
        var names = new string[dimensions.Length];
        for (var i = 0; i < names.Length; i++) names[i] = dimensions[i] == Unknown ? "None" : dimensions[i].ToString();
        return names.Length == 1 ? $"({names[0]},)" : $"({string.Join(", ", names)})";
    }
}
