namespace Tapestry.Keras.Activations;

/// <summary>a · sigmoid(b), where a and b are the two halves of an axis. Source: <c>keras.activations.glu</c>.</summary>
/// <param name="axis">The axis that is halved.</param>
public sealed class Glu(int axis = -1) : ActivationFunction
{
    /// <summary>The axis that is halved.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.Glu(x, Axis);
}
