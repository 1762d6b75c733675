namespace Tapestry.Keras;

/// <summary>All zeros; false for bool and the empty text for string. Source: <c>keras.initializers.Zeros</c>.</summary>
[KerasName("Zeros", "zero")]
public sealed class Zeros : Initializer
{
    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null)
    {
        if (!shape.IsFullyKnown) throw Refuse("a dimension is unknown", shape, dtype, "known dimensions");
        if (dtype != DType.String) return TensorFactory.Full(dtype ?? DType.DefaultFloat, shape, 0);
        var texts = new string[shape.Size];
        Array.Fill(texts, "");
        return TensorFactory.Strings(texts, shape);
    }
}
