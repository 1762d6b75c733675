namespace Tapestry.Keras.Losses;

/// <summary>Checks what would otherwise broadcast in silence.</summary>
static class CategoricalShapes
{
    /// <summary>One-hot targets have the shape of the predictions.</summary>
    internal static void Require(Loss loss, Tensor yTrue, Tensor yPred)
    {
        if (yTrue.Rank == yPred.Rank && yTrue.Shape.IsCompatibleWith(yPred.Shape)) return;
        throw new TapestryException(
            loss.GetType().Name,
            yTrue.Rank == yPred.Rank ? "the shapes of targets and predictions differ" : "the targets are not one-hot",
            $"targets {yTrue.Spec}, predictions {yPred.Spec}",
            "one-hot targets of the shape of the predictions",
            "Use SparseCategoricalCrossentropy for targets that are numbers of classes.");
    }
}
