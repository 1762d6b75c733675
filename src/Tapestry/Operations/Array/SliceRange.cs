namespace Tapestry;

/// <summary>Which positions of one dimension a slice takes: from a start to a stop by steps, as Python's <c>start:stop:step</c>.</summary>
/// <param name="Start">The first position; see <paramref name="StartFromEnd"/>.</param>
/// <param name="StartFromEnd">Whether the start counts back from the length of the dimension.</param>
/// <param name="Stop">The position behind the last; null where there is no end before that of the dimension.</param>
/// <param name="StopFromEnd">Whether the stop counts back from the length of the dimension.</param>
/// <param name="Step">The distance of neighbours; negative ones walk backwards.</param>
/// <param name="IsPosition">Whether this is a single position, which must exist; ranges are cut to what exists.</param>
public readonly record struct SliceRange(int Start, bool StartFromEnd, int? Stop, bool StopFromEnd, int Step, bool IsPosition)
{
    /// <summary>All positions.</summary>
    public static SliceRange All { get; } = new(0, false, null, false, 1, false);

    /// <summary>True for a range that takes every position of any dimension.</summary>
    internal bool IsAll => !IsPosition && Start == 0 && !StartFromEnd && Stop is null && Step == 1;

    /// <summary>Positions from a start on, as many as given.</summary>
    internal static SliceRange Of(int start, int count) => new(start, false, start + count, false, 1, false);

    /// <summary>The first position and how many there are, in a dimension of a length; null where the single position does not exist.</summary>
    internal (int First, int Count)? Resolve(int length)
    {
        var start = StartFromEnd ? length - Start : Start;
        if (IsPosition) return start >= 0 && start < length ? (start, 1) : null;
        // Python's rules: a step backwards may start at the last element and stop before the first.
        var (lowest, highest) = Step > 0 ? (0, length) : (-1, length - 1);
        var first = Math.Clamp(start, lowest, highest);
        var stop = Stop is { } given ? Math.Clamp(StopFromEnd ? length - given : given, lowest, highest) : Step > 0 ? highest : lowest;
        var count = Step > 0 ? (stop - first + Step - 1) / Step : (first - stop - Step - 1) / -Step;
        return (first, Math.Max(0, count));
    }

    /// <summary>How many positions there are when the length of the dimension is unknown; -1 where that depends on it.</summary>
    internal int CountOfUnknown() => IsPosition ? 1
        : Step == 1 && Stop is { } stop && StartFromEnd == StopFromEnd && (StartFromEnd ? Start - stop : stop - Start) <= 0 ? 0
        : Shape.Unknown;

    /// <summary>The range as Python writes it.</summary>
    public override string ToString()
    {
        var start = StartFromEnd ? $"-{Start}" : $"{Start}";
        if (IsPosition) return start;
        return $"{(Start == 0 && !StartFromEnd && Step > 0 ? string.Empty : start)}:{(Stop is { } stop ? $"{(StopFromEnd ? "-" : string.Empty)}{stop}" : string.Empty)}{(Step == 1 ? string.Empty : $":{Step}")}";
    }
}
