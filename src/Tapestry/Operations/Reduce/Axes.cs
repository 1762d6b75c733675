using System.Collections;
using System.Runtime.CompilerServices;

namespace Tapestry;

/// <summary>Which dimensions a reduction goes over: <c>axis: 1</c>, <c>axis: [0, -1]</c>; none given means all.</summary>
[CollectionBuilder(typeof(Axes), nameof(Create))]
public readonly struct Axes : IEnumerable<int>
{
    // The lists that nearly all reductions take, so that they need not be made each time.
    static readonly ValueList<int>[] Leading = [[], [0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6, 7]];
    static readonly ValueList<int>[] Single = [[0], [1], [2], [3], [4], [5], [6], [7]];

    Axes(int[] numbers)
    {
        Numbers = numbers;
    }

    /// <summary>The numbers of the axes; negative ones count from the end.</summary>
    public IReadOnlyList<int> Numbers { get; }

    /// <summary>One axis.</summary>
    public static implicit operator Axes(int axis) => new([axis]);

    /// <summary>Several axes.</summary>
    public static implicit operator Axes(int[] axes) => new([.. axes]);

    /// <summary>Several axes.</summary>
    /// <param name="axes">Their numbers.</param>
    public static Axes Create(ReadOnlySpan<int> axes) => new(axes.ToArray());

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => Numbers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The axes of a tensor, counted from the front and sorted.</summary>
    internal static ValueList<int> Of(string subject, Axes? axes, Tensor x)
    {
        if (axes is not { } given) return x.Rank < Leading.Length ? Leading[x.Rank] : Enumerable.Range(0, x.Rank).ToArray();
        if (given.Numbers.Count == 1 && given.Numbers[0] >= -x.Rank && given.Numbers[0] < x.Rank && x.Rank < Leading.Length) return Single[given.Numbers[0] < 0 ? given.Numbers[0] + x.Rank : given.Numbers[0]];
        var numbers = new SortedSet<int>();
        foreach (var axis in given.Numbers)
        {
            if (axis < -x.Rank || axis >= x.Rank) throw new TapestryException(subject, $"there is no axis {axis}", x.Spec.ToString(), $"axes from {-x.Rank} to {x.Rank - 1}", "Axes count from 0; negative ones count from the end.");
            if (!numbers.Add(axis < 0 ? axis + x.Rank : axis)) throw new TapestryException(subject, $"axis {axis} is given twice", string.Join(", ", given.Numbers), "different axes");
        }

        return numbers.ToArray();
    }

    /// <summary>Different axes in the order given, counted from the front.</summary>
    /// <param name="subject">Who asks.</param>
    /// <param name="axes">The axes; negative ones count from the end.</param>
    /// <param name="rank">How many dimensions there are to choose from.</param>
    /// <param name="x">The tensor that messages name.</param>
    internal static int[] Ordered(string subject, IReadOnlyList<int> axes, int rank, Tensor x)
    {
        var numbers = new int[axes.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (axes[i] < -rank || axes[i] >= rank) throw new TapestryException(subject, $"there is no axis {axes[i]}", x.Spec.ToString(), $"axes from {-rank} to {rank - 1}", "Axes count from 0; negative ones count from the end.");
            numbers[i] = axes[i] < 0 ? axes[i] + rank : axes[i];
            if (Array.IndexOf(numbers, numbers[i]) < i) throw new TapestryException(subject, $"axis {axes[i]} is given twice", string.Join(", ", axes), "different axes");
        }

        return numbers;
    }
}
