namespace Tapestry.Keras.Training;

/// <summary>What shapes say about targets.</summary>
static class ShapeRules
{
    /// <summary>True when targets are numbers of classes: of lower rank than the predictions, or a column beside several classes.</summary>
    internal static bool AreLabels(Tensor yTrue, Tensor yPred) =>
        yTrue.Rank < yPred.Rank || (yTrue.Rank > 0 && yTrue.Shape[^1] == 1 && yPred.Shape[^1] > 1);
}
