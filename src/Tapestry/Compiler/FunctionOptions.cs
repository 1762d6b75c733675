namespace Tapestry;

/// <summary>How a <see cref="Function"/> traces and runs.</summary>
public sealed record FunctionOptions
{
    /// <summary>The name in descriptions and errors.</summary>
    public string Name { get; init; } = "function";

    /// <summary>
    /// Dtypes and shapes of all tensor arguments, from left to right; dimensions may be unknown. The function is traced once, and other
    /// tensors are refused. Null traces for every new combination.
    /// </summary>
    public IReadOnlyList<TensorSpec>? InputSignature { get; init; }

    /// <summary>Whether the second trace for another size of a dimension leaves that dimension unknown, so that a third size needs none.</summary>
    public bool ReduceRetracing { get; init; }

    /// <summary>
    /// Whether a call writes its results over those of the call before from the same thread. Then a call allocates nothing; read or copy the
    /// results before the next one, or give them to it as arguments, which it then leaves alone and allocates others; an array or tuple that holds them is that of the call before, too. Results that consist of rows (<see cref="IndexedSlices"/>) are new each time, and may keep an argument as their rows.
    /// </summary>
    public bool ReuseResults { get; init; }

    /// <summary>
    /// Whether values that take a few instructions are computed again for the gradient instead of being kept, where that lowers the peak of memory: activations, normalizations, casts; never
    /// products or convolutions. Results have the same bits; a call takes a little longer, and so does the first one. Nor are transformed filters of convolutions kept from call to call. <c>Describe</c> says what is computed again and how many bytes that saves.
    /// Source: the idea is that of <c>tf.recompute_grad</c> and <c>keras.remat</c>, but it needs no marks.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>How many traces are kept; the oldest one makes room.</summary>
    public int MostTraces { get; init; } = 64;
}
