namespace Tapestry.Kernels.Attention;

/// <summary>The extents of an attention. Queries lie as [batch, query, head, width], keys and values as [batch, key, key head, width or value width].</summary>
/// <param name="Batch">Sequences side by side.</param>
/// <param name="Queries">Positions that look.</param>
/// <param name="Keys">Positions that are looked at.</param>
/// <param name="Heads">Heads of the queries.</param>
/// <param name="KeyHeads">Heads of the keys and values; each serves a group of neighbouring query heads.</param>
/// <param name="Width">Elements of a query and of a key.</param>
/// <param name="ValueWidth">Elements of a value.</param>
readonly record struct AttentionShape(int Batch, int Queries, int Keys, int Heads, int KeyHeads, int Width, int ValueWidth)
{
    /// <summary>Query heads that share a key head.</summary>
    internal int Group => Heads / KeyHeads;

    /// <summary>Multiply-adds of one product over all pairs of positions.</summary>
    internal double Work => (double)Batch * Heads * Queries * Keys * (Width + ValueWidth);
}

/// <summary>Elements from one sequence, head, query or key to the next in something that is broadcast over the scores; 0 where it repeats.</summary>
readonly record struct ScoreStrides(nint Batch, nint Head, nint Query, nint Key);
