namespace Tapestry.Keras.Activations;

/// <summary>1 / (1 + e⁻ˣ). Source: <c>keras.activations.sigmoid</c>.</summary>
public sealed class Sigmoid : ActivationFunction
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor x)
    {
        var probabilities = Ops.Sigmoid(x);
        probabilities.Logits = new LogitSource(x, AreClasses: false);
        return probabilities;
    }
}
