namespace Tapestry.Keras.Activations;

/// <summary>The logarithm of softmax, computed without going through it. Source: <c>keras.activations.log_softmax</c>.</summary>
/// <param name="axis">The axis.</param>
public sealed class LogSoftmax(int axis = -1) : ActivationFunction
{
    /// <summary>The axis.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x) => Ops.LogSoftmax(x, Axis);
}
