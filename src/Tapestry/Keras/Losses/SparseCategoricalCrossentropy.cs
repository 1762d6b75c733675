namespace Tapestry.Keras.Losses;

/// <summary>
/// −log p of the right class, for targets that are numbers of classes. Source: <c>keras.losses.SparseCategoricalCrossentropy</c>.
/// </summary>
/// <remarks>Probabilities go through a logarithm and a softmax, which brings them to a sum of 1.</remarks>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="ignoreClass">A class whose samples are left out; null for none.</param>
/// <param name="reduction">How the values of the samples become one.</param>
/// <param name="axis">The axis of the classes; only the last is possible.</param>
/// <param name="name">The name.</param>
/// <param name="dtype">The dtype of the computation; <see cref="DType.DefaultFloat"/> by default.</param>
public sealed class SparseCategoricalCrossentropy(
    bool fromLogits = false,
    int? ignoreClass = null,
    Reduction reduction = Reduction.SumOverBatchSize,
    int axis = -1,
    string name = "sparse_categorical_crossentropy",
    DType? dtype = null) : Loss(name, reduction, dtype)
{
    /// <summary>Whether predictions are logits instead of probabilities.</summary>
    public bool FromLogits { get; } = fromLogits;

    /// <summary>A class whose samples are left out, or null.</summary>
    public int? IgnoreClass { get; } = ignoreClass;

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    /// <exception cref="TapestryException">The shapes do not fit, or a label is not the number of a class.</exception>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        if (yPred.Rank == 0 || Axis != -1 && Axis != yPred.Rank - 1) throw Refuse($"the classes lie along axis {Axis}", yTrue, yPred, "predictions whose last axis is that of the classes", "Transpose the predictions.");
        if (yTrue.Rank == yPred.Rank && yTrue.Shape[^1] == 1) yTrue = Ops.Squeeze(yTrue, -1);
        if (yTrue.Rank != yPred.Rank - 1 || !yTrue.Shape.IsCompatibleWith(yPred.Shape[..^1])) throw Refuse("the shapes of labels and predictions do not fit", yTrue, yPred, "labels of the shape of the predictions without their last axis", "Use CategoricalCrossentropy for one-hot targets.");
        Tensor? valid = null;
        if (IgnoreClass is { } ignored)
        {
            valid = Ops.NotEqual(yTrue, (double)ignored);
            yTrue = Ops.Where(valid, yTrue, 0.0);
            yPred *= Ops.Cast(Ops.ExpandDims(valid, -1), yPred.DType);
        }

        var values = Ops.SparseCategoricalCrossentropy(yTrue, yPred, FromLogits);
        if (valid is null) return values;
        values = Ops.Where(valid, values, 0.0);
        values.Mask = valid;
        return values;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig()
    {
        var config = new Dictionary<string, object?>(base.GetConfig());
        config.Remove("axis");
        return config;
    }
}
