namespace Tapestry.Keras.Activations;

/// <summary>eˣ divided by the sum of them along an axis. Source: <c>keras.activations.softmax</c>.</summary>
/// <param name="axis">The axis.</param>
public sealed class Softmax(int axis = -1) : ActivationFunction
{
    /// <summary>The axis.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x)
    {
        var probabilities = Ops.Softmax(x, Axis);
        if (Axis == -1 || Axis == x.Rank - 1) probabilities.Logits = new LogitSource(x, AreClasses: true);
        return probabilities;
    }
}
