namespace Tapestry.Keras;

/// <summary>
/// A gain on the main diagonal of a matrix, zeros elsewhere. Source: <c>keras.initializers.Identity</c>; the longer name keeps apart the layer
/// <c>Identity</c>.
/// </summary>
/// <param name="gain">The value on the diagonal.</param>
[KerasName("Identity", "IdentityInitializer")]
public sealed class IdentityInitializer(double gain = 1.0) : Initializer
{
    /// <summary>The value on the diagonal.</summary>
    public double Gain { get; } = gain;

    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null)
    {
        if (shape.Rank != 2 || !shape.IsFullyKnown) throw Refuse("only a matrix has an identity", shape, dtype, "two known dimensions");
        using var eager = Scopes.Current.Enter(null);
        var matrix = TensorFactory.Full(DType.Float32, shape, 0);
        var values = matrix.Elements<float>();
        for (var i = 0; i < Math.Min(shape[0], shape[1]); i++) values[i * shape[1] + i] = (float)Gain;
        return Ops.Cast(matrix, dtype ?? DType.DefaultFloat);
    }
}
