namespace Tapestry;

/// <summary>Reads the arguments that describe sliding windows, as users write them.</summary>
static class WindowArguments
{
    /// <summary>One number per spatial dimension: none given means 1, one means the same everywhere.</summary>
    internal static ValueList<int> PerDimension(string subject, string name, ReadOnlySpan<int> given, int rank)
    {
        if (given.Length == rank) return ValueList.Create(given);
        if (given.Length > 1) throw new TapestryException(subject, $"{name} has {given.Length} numbers", $"[{string.Join(", ", given.ToArray())}]", $"one number, or {rank}: one per spatial dimension");
        var numbers = new int[rank];
        numbers.AsSpan().Fill(given.IsEmpty ? 1 : given[0]);
        return numbers;
    }

    /// <summary>The window of a convolution or pooling.</summary>
    /// <param name="subject">The operation, for messages.</param>
    /// <param name="taps">The size of the window; needed for causal padding only.</param>
    /// <param name="strides">The strides.</param>
    /// <param name="padding">"valid", "same" or "causal".</param>
    /// <param name="pads">Explicit padding before and behind each dimension, instead of <paramref name="padding"/>; empty for none.</param>
    /// <param name="dilations">The dilations.</param>
    internal static Window Read(
        string subject, ReadOnlySpan<int> taps, ReadOnlySpan<int> strides, string padding, ReadOnlySpan<(int Before, int After)> pads, ReadOnlySpan<int> dilations)
    {
        var rank = taps.Length;
        var steps = PerDimension(subject, "strides", strides, rank);
        var gaps = PerDimension(subject, "dilations", dilations, rank);
        if (!pads.IsEmpty)
        {
            if (pads.Length != rank) throw new TapestryException(subject, $"explicit padding for {pads.Length} dimensions", expected: $"{rank} pairs: one per spatial dimension");
            var (before, after) = (new int[rank], new int[rank]);
            for (var i = 0; i < rank; i++) (before[i], after[i]) = pads[i];
            return new Window(steps, gaps, PaddingMode.Explicit, before, after);
        }

        ArgumentNullException.ThrowIfNull(padding);
        if (padding.Equals("valid", StringComparison.OrdinalIgnoreCase)) return new Window(steps, gaps, PaddingMode.Valid, [], []);
        if (padding.Equals("same", StringComparison.OrdinalIgnoreCase)) return new Window(steps, gaps, PaddingMode.Same, [], []);
        if (!padding.Equals("causal", StringComparison.OrdinalIgnoreCase)) throw new TapestryException(subject, "unknown padding", $"\"{padding}\"", "\"valid\", \"same\" or \"causal\"");
        if (rank != 1) throw new TapestryException(subject, $"causal padding with {rank} spatial dimensions", expected: "one spatial dimension, the time");
        return new Window(steps, gaps, PaddingMode.Explicit, [(taps[0] - 1) * gaps[0]], [0]);
    }
}
