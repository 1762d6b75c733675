namespace Tapestry.Keras;

/// <summary>
/// A random matrix with orthonormal columns (or rows, where there are more columns), times a gain. Shapes of higher rank are flattened to a matrix
/// whose columns are the last axis. Source: <c>keras.initializers.Orthogonal</c>, after Saxe et al. (2013).
/// </summary>
/// <param name="gain">The factor.</param>
/// <param name="seed">Decides the values; null draws a seed once for this instance.</param>
[KerasName("Orthogonal", "OrthogonalInitializer")]
public sealed class Orthogonal(double gain = 1.0, int? seed = null) : RandomInitializer(seed)
{
    /// <summary>The factor.</summary>
    public double Gain { get; } = gain;

    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null)
    {
        if (shape.Rank < 2) throw Refuse("too few dimensions for a matrix", shape, dtype, "at least two dimensions");
        var columns = shape[^1];
        var rows = columns == 0 ? 0 : shape.Size / columns;
        var (count, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        var vectors = Normal([count, length], DType.Float64, 0, 1).ToArray<double>();
        Orthonormalize(vectors, count, length);
        var matrix = Tensor.Allocate(DType.Float64, shape);
        var elements = matrix.Elements<double>();
        for (var i = 0; i < elements.Length; i++)
        {
            var (row, column) = (i / columns, i % columns);
            elements[i] = Gain * (rows >= columns ? vectors[column * length + row] : vectors[row * length + column]);
        }

        using var eager = Scopes.Current.Enter(null);
        return Ops.Cast(matrix, dtype ?? DType.DefaultFloat);
    }

    /// <summary>
    /// Gram-Schmidt, each vector twice so that rounding leaves nothing behind. It is the Q of a QR decomposition whose R has a positive diagonal.
    /// </summary>
    static void Orthonormalize(double[] vectors, int count, int length)
    {
        for (var i = 0; i < count; i++)
        {
            var vector = vectors.AsSpan(i * length, length);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var j = 0; j < i; j++)
                {
                    var other = vectors.AsSpan(j * length, length);
                    var share = System.Numerics.Tensors.TensorPrimitives.Dot<double>(vector, other);
                    System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(other, -share, vector, vector);
                }
            }

            System.Numerics.Tensors.TensorPrimitives.Divide(vector, System.Numerics.Tensors.TensorPrimitives.Norm<double>(vector), vector);
        }
    }
}
