namespace Tapestry.Keras.Layers;

/// <summary>
/// Batch renormalization: in training the normalized input is corrected by r = σ / σ′ and d = (μ - μ′) / σ′, where μ and σ are the moments of the batch and
/// μ′ and σ′ slowly moving ones, so that training and inference see nearly the same numbers. No gradient flows through r and d.
/// Source: https://arxiv.org/abs/1702.03275, <c>keras.layers.BatchNormalization</c>.
/// </summary>
sealed class BatchRenormalization(IReadOnlyDictionary<string, double> clipping, double momentum, double epsilon, Variable movingDeviation, Variable mean, Variable deviation)
{
    /// <summary>The corrections for the moments of a batch; the slowly moving moments take their step.</summary>
    internal (Tensor Factor, Tensor Offset) Correct(Tensor batchMean, Tensor batchDeviation)
    {
        // Avoids dividing by nearly zero early on.
        var slow = Ops.Maximum(deviation, Math.Sqrt(epsilon));
        var (factor, offset) = (batchDeviation / slow, (batchMean - mean) / slow);
        if (clipping.TryGetValue("rmin", out var least)) factor = Ops.Maximum(factor, least);
        if (clipping.TryGetValue("rmax", out var most)) factor = Ops.Minimum(factor, most);
        if (clipping.TryGetValue("dmax", out var widest)) offset = Ops.ClipByValue(offset, -widest, widest);
        (factor, offset) = (Ops.StopGradient(factor), Ops.StopGradient(offset));
        mean.Assign((mean * momentum) + (batchMean * (1 - momentum)));
        deviation.Assign((deviation * momentum) + (batchDeviation * (1 - momentum)));
        return (factor, offset);
    }

    /// <summary>The next moving variance, which follows from the moving standard deviation.</summary>
    internal Tensor MoveVariance(Tensor batchDeviation, double share)
    {
        movingDeviation.Assign((movingDeviation * share) + (batchDeviation * (1 - share)));
        return Ops.Relu(Ops.Square(movingDeviation) - epsilon);
    }
}
