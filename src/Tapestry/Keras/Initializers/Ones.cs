namespace Tapestry.Keras;

/// <summary>All ones; true for bool. Source: <c>keras.initializers.Ones</c>.</summary>
[KerasName("Ones", "one")]
public sealed class Ones : Initializer
{
    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null)
    {
        if (!shape.IsFullyKnown) throw Refuse("a dimension is unknown", shape, dtype, "known dimensions");
        if (dtype == DType.String) throw Refuse("a text cannot be one", shape, dtype, "a numeric dtype or bool");
        return TensorFactory.Full(dtype ?? DType.DefaultFloat, shape, 1);
    }
}
