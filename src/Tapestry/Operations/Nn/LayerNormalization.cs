namespace Tapestry;

/// <summary>Normalization of each sample by its own mean and variance.</summary>
public static class LayerNormalizationEntry
{
    extension(Ops)
    {
        /// <summary>(x − mean) / √(variance + ε) · γ + β, with mean and variance along axes. Halves are computed in float32. Source: <c>keras.ops.layer_normalization</c>.</summary>
        /// <param name="x">A floating-point tensor.</param>
        /// <param name="gamma">The factors, in the shape of the axes; null for none.</param>
        /// <param name="beta">What is added, in the shape of the axes; null for nothing.</param>
        /// <param name="axis">The axes; the last by default.</param>
        /// <param name="epsilon">What is added to the variance.</param>
        /// <exception cref="TapestryException">There is no such axis, or a shape does not fit the axes.</exception>
        public static Tensor LayerNormalization(Tensor x, Tensor? gamma = null, Tensor? beta = null, Axes? axis = null, double epsilon = 1e-7)
        {
            x = Promotion.Floating(x);
            var dtype = x.DType;
            var along = Axes.Ordered("LayerNormalization", (axis ?? -1).Numbers, x.Rank, x);
            var shape = new int[x.Rank];
            for (var i = 0; i < shape.Length; i++) shape[i] = along.Contains(i) ? x.Shape[i] : 1;
            var wide = dtype == DType.Float16 || dtype == DType.BFloat16 ? Ops.Cast(x, DType.Float32) : x;
            var (mean, variance) = Ops.Moments(wide, axis ?? -1, keepdims: true);
            var y = (wide - mean) * Ops.Rsqrt(variance + epsilon);
            if (gamma is not null) y *= Ops.Cast(Ops.Reshape(gamma, new Shape(shape)), y.DType);
            if (beta is not null) y += Ops.Cast(Ops.Reshape(beta, new Shape(shape)), y.DType);
            return Ops.Cast(y, dtype);
        }
    }
}
