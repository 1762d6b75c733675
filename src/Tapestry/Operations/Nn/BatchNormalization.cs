namespace Tapestry;

/// <summary>Normalization by a mean and a variance that are given.</summary>
public static class BatchNormalizationEntry
{
    extension(Ops)
    {
        /// <summary>(x − mean) · scale / √(variance + ε) + offset, with one mean, variance, offset and scale for each position of an axis. Source: <c>keras.ops.batch_normalization</c>.</summary>
        /// <param name="x">A floating-point tensor.</param>
        /// <param name="mean">The means: a vector of the length of the axis.</param>
        /// <param name="variance">The variances, likewise.</param>
        /// <param name="axis">The axis of the channels.</param>
        /// <param name="offset">What is added, likewise; null for nothing.</param>
        /// <param name="scale">What is multiplied, likewise; null for nothing.</param>
        /// <param name="epsilon">What is added to the variance.</param>
        /// <exception cref="TapestryException">There is no such axis, or a vector has another length.</exception>
        public static Tensor BatchNormalization(Tensor x, Tensor mean, Tensor variance, int axis, Tensor? offset = null, Tensor? scale = null, double epsilon = 1e-3)
        {
            x = Promotion.Floating(x);
            var along = Axes.Ordered("BatchNormalization", [axis], x.Rank, x)[0];
            var shape = new int[x.Rank];
            Array.Fill(shape, 1);
            shape[along] = x.Shape[along];
            Tensor? Spread(Tensor? vector)
            {
                if (vector is null) return null;
                if (vector.Rank != 1 || !vector.Shape.IsCompatibleWith([x.Shape[along]])) throw new TapestryException("BatchNormalization", "a vector does not fit the channels", $"{vector.Spec} for {x.Spec} along axis {axis}", $"a vector of {x.Shape[along]}");
                return Ops.Reshape(vector, new Shape(shape));
            }

            return Ops.BatchNormalization(x, Spread(mean)!, Spread(variance)!, Spread(offset), Spread(scale), epsilon);
        }

        /// <summary>(x − mean) · scale / √(variance + ε) + offset, with shapes that broadcast. Source: <c>tf.nn.batch_normalization</c>.</summary>
        /// <param name="x">A floating-point tensor.</param>
        /// <param name="mean">The means.</param>
        /// <param name="variance">The variances.</param>
        /// <param name="offset">What is added; null for nothing.</param>
        /// <param name="scale">What is multiplied; null for nothing.</param>
        /// <param name="varianceEpsilon">What is added to the variance.</param>
        public static Tensor BatchNormalization(Tensor x, Tensor mean, Tensor variance, Tensor? offset, Tensor? scale, double varianceEpsilon)
        {
            x = Promotion.Floating(x);
            var factor = Ops.Rsqrt(variance + varianceEpsilon);
            if (scale is not null) factor *= scale;
            var normal = (x - mean) * factor;
            return offset is null ? normal : normal + offset;
        }
    }
}
