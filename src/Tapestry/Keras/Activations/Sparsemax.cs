namespace Tapestry.Keras.Activations;

/// <summary>max(x − τ, 0) with one threshold for each row: a softmax with exact zeros. Source: <c>keras.activations.sparsemax</c>.</summary>
/// <param name="axis">The axis of a row.</param>
public sealed class Sparsemax(int axis = -1) : ActivationFunction
{
    /// <summary>The axis of a row.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Sparsemax(x, Axis);
}
