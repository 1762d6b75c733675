namespace Tapestry.Keras.Training;

/// <summary>Weights of classes as weights of samples.</summary>
static class ClassWeights
{
    /// <summary>The weight of each sample's class; 1 where a class has none.</summary>
    /// <param name="y">Labels (of rank 1, or with a last dimension of 1), or one-hot targets.</param>
    /// <param name="weights">The weights by the numbers of classes.</param>
    internal static Tensor Of(Nest y, IReadOnlyDictionary<int, double> weights)
    {
        if (!y.IsTensor) throw new TapestryException("Fit.classWeight", "there are several outputs", y.ToString(), "one output", "Use sampleWeight with an entry per output.");
        var labels = y.Single();
        var isOneHot = labels.Rank > 1 && labels.Shape[^1] != 1;
        var classes = Ops.Cast(isOneHot ? Ops.ArgMax(labels, -1) : labels.Rank > 1 ? Ops.Squeeze(labels, -1) : labels, DType.Int32);
        var result = Tensor.Allocate(DType.DefaultFloat == DType.Float64 ? DType.Float64 : DType.Float32, classes.Shape);
        var numbers = classes.Elements<int>();
        for (var i = 0; i < numbers.Length; i++)
        {
            var weight = weights.TryGetValue(numbers[i], out var known) ? known : 1;
            if (result.DType == DType.Float64) result.Elements<double>()[i] = weight;
            else result.Elements<float>()[i] = (float)weight;
        }

        return result;
    }
}
