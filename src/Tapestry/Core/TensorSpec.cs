namespace Tapestry;

/// <summary>What is known of a tensor without its values: dtype, shape and perhaps a name.</summary>
/// <param name="Shape">The dimensions, of which some may be unknown.</param>
/// <param name="DType">The element type.</param>
/// <param name="Name">A name for messages and signatures, or null.</param>
public readonly record struct TensorSpec(Shape Shape, DType DType, string? Name = null)
{
    /// <summary>True when a tensor of this dtype and shape satisfies the specification.</summary>
    public bool Accepts(Tensor tensor) => tensor.DType == DType && Shape.IsCompatibleWith(tensor.Shape);

    /// <summary>The dtype and the dimensions, as error messages show them: <c>float32[32,784]</c>; an unknown dimension is <c>?</c>.</summary>
    public override string ToString()
    {
        var dimensions = string.Join(",", Shape.ToArray().Select(dimension => dimension == Shape.Unknown ? "?" : dimension.ToString()));
        return $"{(Name is null ? "" : Name + " ")}{DType}[{dimensions}]";
    }
}
