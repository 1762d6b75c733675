namespace Tapestry.Keras.Losses;

/// <summary>Targets, predictions and weights whose ranks differ by a last dimension of 1 are brought to the same rank, so that they do not broadcast against each other.</summary>
static class RankAlignment
{
    /// <summary>Drops the last dimension of 1 of the one of higher rank, or adds one to the other where that is a vector.</summary>
    internal static void Align(ref Tensor a, ref Tensor b)
    {
        if (a.Rank == b.Rank + 1) AlignLonger(ref a, ref b);
        else if (b.Rank == a.Rank + 1) AlignLonger(ref b, ref a);
    }

    static void AlignLonger(ref Tensor longer, ref Tensor shorter)
    {
        if (longer.Shape[^1] != 1) return;
        if (shorter.Rank == 1) shorter = Ops.ExpandDims(shorter, -1);
        else longer = Ops.Squeeze(longer, -1);
    }
}
