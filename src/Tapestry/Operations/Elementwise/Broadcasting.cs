namespace Tapestry;

/// <summary>NumPy's broadcasting: shapes are aligned at the end, and a dimension of 1 stretches.</summary>
static class Broadcasting
{
    /// <summary>The common shape, or null when there is none. Unknown dimensions are taken to fit.</summary>
    internal static Shape? Common(Shape a, Shape b)
    {
        if (ReferenceEquals(a, b) || a == b) return a;
        var longer = (a.Rank >= b.Rank ? a : b).Dimensions;
        var shorter = (a.Rank >= b.Rank ? b : a).Dimensions;
        if (shorter.IsEmpty) return a.Rank >= b.Rank ? a : b;
        Span<int> common = longer.Length <= 16 ? stackalloc int[longer.Length] : new int[longer.Length];
        if (!Stretch(longer, shorter, common)) return null;
        if (common.SequenceEqual(a.Dimensions)) return a;
        return common.SequenceEqual(b.Dimensions) ? b : new Shape(common);
    }

    static bool Stretch(ReadOnlySpan<int> longer, ReadOnlySpan<int> shorter, Span<int> common)
    {
        longer.CopyTo(common);
        var offset = longer.Length - shorter.Length;
        for (var i = 0; i < shorter.Length; i++)
        {
            var (x, y) = (longer[offset + i], shorter[i]);
            if (x == y || y == 1) continue;
            if (x == 1) common[offset + i] = y;
            else if (x == Shape.Unknown) common[offset + i] = y;
            else if (y != Shape.Unknown) return false;
        }

        return true;
    }

    /// <summary>A gradient summed over the dimensions that broadcasting stretched, in the shape of the input it belongs to.</summary>
    internal static Tensor SumBack(Tensor gradient, Tensor input) =>
        gradient.Shape == input.Shape && gradient.Shape.IsFullyKnown ? gradient : Ops.SumToShapeOf(gradient, input);
}
