namespace Tapestry;

/// <summary>Limits tensors by their Euclidean norms.</summary>
public static class ClipByNormEntry
{
    extension(Ops)
    {
        /// <summary>
        /// A tensor shortened to a greatest norm: x · clipNorm / max(‖x‖, clipNorm). A tensor that is not longer stays as it is. Source: <c>tf.clip_by_norm</c>.
        /// </summary>
        /// <param name="x">A tensor of floating-point numbers.</param>
        /// <param name="clipNorm">The greatest norm, more than 0.</param>
        /// <param name="axes">The axes along which a norm is taken; by default there is one norm of all elements.</param>
        public static Tensor ClipByNorm(Tensor x, Tensor clipNorm, Axes? axes = null)
        {
            x = Promotion.Floating(x);
            clipNorm = Promotion.To(clipNorm, x.DType);
            var squares = Ops.Sum(Ops.Square(x), axes, keepdims: true);
            // The root of zero has no gradient, and nothing is to be shortened there.
            var isPositive = squares > Ops.ZerosLike(squares);
            var norm = Ops.Where(isPositive, Ops.Sqrt(Ops.Where(isPositive, squares, Ops.OnesLike(squares))), squares);
            return x * clipNorm / Ops.Maximum(norm, clipNorm);
        }

        /// <summary>The Euclidean norm of all elements of several tensors together; null entries count as nothing. Source: <c>tf.linalg.global_norm</c>.</summary>
        /// <param name="tensors">Tensors of one floating-point dtype.</param>
        /// <exception cref="TapestryException">There is no tensor.</exception>
        public static Tensor GlobalNorm(IReadOnlyList<Tensor?> tensors)
        {
            Tensor? squares = null;
            foreach (var tensor in tensors)
            {
                if (tensor is null) continue;
                var own = Ops.Sum(Ops.Square(Promotion.Floating(tensor)));
                squares = squares is null ? own : squares + own;
            }

            return Ops.Sqrt(squares ?? throw new TapestryException("GlobalNorm", "there are no tensors", $"{tensors.Count} entries", "at least one tensor"));
        }

        /// <summary>
        /// Tensors shortened together to a greatest global norm, so that they keep their directions and proportions: x · clipNorm / max(norm, clipNorm).
        /// An infinite norm, or one that is no number, makes all of them NaN, so that it does not go unseen. Source: <c>tf.clip_by_global_norm</c>.
        /// </summary>
        /// <param name="tensors">Tensors of one floating-point dtype, such as the gradients of a tape; null entries stay null.</param>
        /// <param name="clipNorm">The greatest norm, more than 0.</param>
        /// <param name="useNorm">The norm, where it is known already; null computes it by <c>GlobalNorm</c>.</param>
        /// <returns>The tensors, and the norm that they had.</returns>
        /// <exception cref="TapestryException">There is no tensor.</exception>
        public static (Tensor?[] Clipped, Tensor GlobalNorm) ClipByGlobalNorm(IReadOnlyList<Tensor?> tensors, Tensor clipNorm, Tensor? useNorm = null)
        {
            var norm = useNorm is null ? Ops.GlobalNorm(tensors) : Promotion.Floating(useNorm);
            var limit = Promotion.To(clipNorm, norm.DType);
            var ones = Ops.OnesLike(norm);
            // What is finite stays the same when zero is added; infinity less infinity is no number.
            var scale = (limit * Ops.Minimum(ones / norm, ones / limit)) + (norm - norm);
            return ([.. tensors.Select(tensor => tensor is null ? null : Promotion.Floating(tensor) * Promotion.To(scale, Promotion.Floating(tensor).DType))], norm);
        }
    }
}
