namespace Tapestry.Kernels.Attention;

/// <summary>What the weights of an attention are computed from.</summary>
readonly ref struct AttentionInputs<T>
    where T : unmanaged
{
    /// <summary>The extents.</summary>
    internal AttentionShape Shape { get; init; }

    /// <summary>The factor of the products of queries and keys.</summary>
    internal T Scale { get; init; }

    /// <summary>Whether a query sees the keys up to its own position only.</summary>
    internal bool IsCausal { get; init; }

    /// <summary>[batch, query, head, width].</summary>
    internal ReadOnlySpan<T> Query { get; init; }

    /// <summary>[batch, key, key head, width].</summary>
    internal ReadOnlySpan<T> Key { get; init; }

    /// <summary>[batch, key, key head, value width].</summary>
    internal ReadOnlySpan<T> Value { get; init; }

    /// <summary>One byte for each score, 0 where the key is hidden; empty for none.</summary>
    internal ReadOnlySpan<byte> Mask { get; init; }

    /// <summary>Where the mask of a score lies.</summary>
    internal ScoreStrides MaskStrides { get; init; }

    /// <summary>Added to the scores before the mask; empty for none.</summary>
    internal ReadOnlySpan<T> Bias { get; init; }

    /// <summary>Where the bias of a score lies.</summary>
    internal ScoreStrides BiasStrides { get; init; }

    /// <summary>The same inputs over their pinned memory.</summary>
    internal unsafe AttentionPointers<T> Pin(T* query, T* key, T* value, byte* mask, T* bias) =>
        new() { Shape = Shape, Scale = Scale, IsCausal = IsCausal, Query = query, Key = key, Value = value, Mask = mask, MaskStrides = MaskStrides, Bias = bias, BiasStrides = BiasStrides };
}

/// <summary>The inputs as the blocks see them: pinned pointers.</summary>
unsafe struct AttentionPointers<T>
    where T : unmanaged
{
    internal AttentionShape Shape;
    internal T Scale;
    internal bool IsCausal;
    internal T* Query, Key, Value, Bias;
    internal byte* Mask;
    internal ScoreStrides MaskStrides, BiasStrides;

    /// <summary>Whether there may be queries that see nothing.</summary>
    internal readonly bool MayHideAll => Mask != null || Bias != null;

    internal readonly nint QueryRow => (nint)Shape.Heads * Shape.Width;

    internal readonly nint OutputRow => (nint)Shape.Heads * Shape.ValueWidth;

    internal readonly nint KeyRow => (nint)Shape.KeyHeads * Shape.Width;

    internal readonly nint ValueRow => (nint)Shape.KeyHeads * Shape.ValueWidth;

    /// <summary>Where a query, or its gradient, lies in a tensor of the queries' shape.</summary>
    internal readonly T* AtQuery(T* queries, int batch, int query, int head) => queries + ((nint)batch * Shape.Queries + query) * QueryRow + (nint)head * Shape.Width;

    /// <summary>Where a result, or its gradient, lies.</summary>
    internal readonly T* AtOutput(T* outputs, int batch, int query, int head) => outputs + ((nint)batch * Shape.Queries + query) * OutputRow + (nint)head * Shape.ValueWidth;

    /// <summary>Where the number of a query lies in [batch, query, head]; the next query's is a number of heads further on.</summary>
    internal readonly T* AtRow(T* numbers, int batch, int query, int head) => numbers + ((nint)batch * Shape.Queries + query) * Shape.Heads + head;

    /// <summary>Where a key, or its gradient, lies.</summary>
    internal readonly T* AtKey(T* keys, int batch, int key, int keyHead) => keys + ((nint)batch * Shape.Keys + key) * KeyRow + (nint)keyHead * Shape.Width;

    /// <summary>Where a value, or its gradient, lies.</summary>
    internal readonly T* AtValue(T* values, int batch, int key, int keyHead) => values + ((nint)batch * Shape.Keys + key) * ValueRow + (nint)keyHead * Shape.ValueWidth;
}
