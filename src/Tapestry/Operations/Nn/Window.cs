namespace Tapestry;

/// <summary>How a window that slides over the spatial dimensions of a tensor is surrounded by padding.</summary>
public enum PaddingMode
{
    /// <summary>None: only whole windows inside the input.</summary>
    Valid,

    /// <summary>As much as it takes for an output of ⌈input / stride⌉, the odd element behind.</summary>
    Same,

    /// <summary>Given numbers before and behind.</summary>
    Explicit,
}

/// <summary>
/// How a window slides over the spatial dimensions of a tensor: the part of the attributes that convolutions and poolings share.
/// Lists have one number per spatial dimension.
/// </summary>
/// <param name="Strides">Elements from one window to the next.</param>
/// <param name="Dilations">Elements from one tap of the window to the next.</param>
/// <param name="Padding">The kind of padding.</param>
/// <param name="Before">Elements of padding before each dimension, where it is explicit.</param>
/// <param name="After">Elements of padding behind each dimension, where it is explicit.</param>
public sealed record Window(ValueList<int> Strides, ValueList<int> Dilations, PaddingMode Padding, ValueList<int> Before, ValueList<int> After)
{
    /// <summary>The number of spatial dimensions.</summary>
    public int Rank => Strides.Count;

    /// <summary>The number of windows along a dimension; -1 when its length is unknown.</summary>
    internal int Output(int axis, int input, int taps)
    {
        if (input == Shape.Unknown || taps == Shape.Unknown) return Shape.Unknown;
        var (extent, stride) = (Extent(axis, taps), Strides[axis]);
        return Padding switch
        {
            PaddingMode.Same => (input + stride - 1) / stride,
            PaddingMode.Valid => Math.Max(0, (input - extent + stride) / stride),
            _ => Math.Max(0, (input + Before[axis] + After[axis] - extent + stride) / stride),
        };
    }

    /// <summary>Elements of padding before a dimension of known length.</summary>
    internal int PadBefore(int axis, int input, int taps) => Padding switch
    {
        PaddingMode.Same => Math.Max(0, (Output(axis, input, taps) - 1) * Strides[axis] + Extent(axis, taps) - input) / 2,
        PaddingMode.Valid => 0,
        _ => Before[axis],
    };

    /// <summary>Elements of padding before each spatial dimension of an input.</summary>
    internal void PadBefore(Shape input, ReadOnlySpan<int> taps, Span<int> before)
    {
        for (var i = 0; i < before.Length; i++) before[i] = PadBefore(i, input[i + 1], taps[i]);
    }

    /// <summary>The elements that a window spans.</summary>
    /// <summary>Whether no two windows of a size share an element, and none lies between them.</summary>
    internal bool IsSideBySide(ValueList<int> size)
    {
        for (var axis = 0; axis < Rank; axis++)
        {
            if (Strides[axis] != size[axis] || Dilations[axis] != 1) return false;
        }

        return true;
    }

    int Extent(int axis, int taps) => (taps - 1) * Dilations[axis] + 1;

    /// <summary>Whether the numbers make sense; the fault otherwise.</summary>
    internal string? Fault()
    {
        if (Dilations.Count != Rank) return $"{Rank} strides, but {Dilations.Count} dilations";
        foreach (var stride in Strides)
        {
            if (stride < 1) return $"a stride of {stride}";
        }

        foreach (var dilation in Dilations)
        {
            if (dilation < 1) return $"a dilation of {dilation}";
        }

        if (Padding != PaddingMode.Explicit) return null;
        if (Before.Count != Rank || After.Count != Rank) return $"explicit padding for {Before.Count} dimensions, not {Rank}";
        foreach (var padding in Before.Concat(After))
        {
            if (padding < 0) return $"a padding of {padding}";
        }

        return null;
    }
}
