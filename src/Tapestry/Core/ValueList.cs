using System.Collections;
using System.Runtime.CompilerServices;

namespace Tapestry;

/// <summary>
/// A list that is compared by its members and prints them: for the attributes of operations, whose equality decides what the compiler merges.
/// </summary>
/// <typeparam name="T">The type of a member.</typeparam>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public readonly struct ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    readonly T[]? items;

    internal ValueList(T[] items)
    {
        this.items = items;
    }

    /// <summary>The number of members.</summary>
    public int Count => items?.Length ?? 0;

    /// <summary>The members as a span.</summary>
    public ReadOnlySpan<T> Span => items;

    /// <summary>A member.</summary>
    public T this[int index] => items![index];

    /// <summary>A list of the members of an array.</summary>
    public static implicit operator ValueList<T>(T[] items) => new([.. items]);

    /// <summary>True when both have equal members in the same order.</summary>
    public static bool operator ==(ValueList<T> left, ValueList<T> right) => left.Equals(right);

    /// <summary>The opposite of equality.</summary>
    public static bool operator !=(ValueList<T> left, ValueList<T> right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(ValueList<T> other)
    {
        if (Count != other.Count) return false;
        for (var i = 0; i < Count; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(items![i], other.items![i])) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? other) => other is ValueList<T> list && Equals(list);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        for (var i = 0; i < Count; i++) hash.Add(items![i]);
        return hash.ToHashCode();
    }

    /// <summary>The members in brackets.</summary>
    public override string ToString() => $"[{string.Join(", ", items ?? [])}]";

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)(items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Creates <see cref="ValueList{T}"/> from collection expressions.</summary>
public static class ValueList
{
    /// <summary>A list of the members of a span.</summary>
    /// <typeparam name="T">The type of a member.</typeparam>
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());
}
