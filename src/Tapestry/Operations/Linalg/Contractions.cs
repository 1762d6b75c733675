namespace Tapestry;

/// <summary>Products of tensors that are compositions of matrix products.</summary>
public static class ContractionsEntry
{
    extension(Ops)
    {
        /// <summary>The dot product: of vectors, of matrices, or over the last axis of one and the second to last of the other. Source: <c>keras.ops.dot</c>.</summary>
        /// <param name="a">A tensor.</param>
        /// <param name="b">A tensor.</param>
        /// <returns>A tensor [a's axes but the last, b's axes but the second to last]; for a scalar, the product.</returns>
        /// <exception cref="TapestryException">The contracted lengths differ.</exception>
        public static Tensor Dot(Tensor a, Tensor b)
        {
            ArgumentNullException.ThrowIfNull(a);
            ArgumentNullException.ThrowIfNull(b);
            if (a.Rank == 0 || b.Rank == 0) return a * b;
            return b.Rank == 1 ? Ops.TensorDot(a, b, [-1], [0]) : Ops.TensorDot(a, b, [-1], [-2]);
        }

        /// <summary>The sum of products over the last axes of both. Source: <c>keras.ops.inner</c>.</summary>
        /// <param name="a">A tensor.</param>
        /// <param name="b">A tensor of the same last length.</param>
        /// <exception cref="TapestryException">The last lengths differ.</exception>
        public static Tensor Inner(Tensor a, Tensor b)
        {
            ArgumentNullException.ThrowIfNull(a);
            ArgumentNullException.ThrowIfNull(b);
            return a.Rank == 0 || b.Rank == 0 ? a * b : Ops.TensorDot(a, b, [-1], [-1]);
        }

        /// <summary>All products of an element of one with an element of the other; both are taken as vectors. Source: <c>keras.ops.outer</c>.</summary>
        /// <param name="a">A tensor of m elements.</param>
        /// <param name="b">A tensor of n elements.</param>
        /// <returns>A tensor [m, n].</returns>
        public static Tensor Outer(Tensor a, Tensor b) => Ops.Reshape(a, [-1, 1]) * Ops.Reshape(b, [1, -1]);

        /// <summary>The sum of products over pairs of axes. Source: <c>keras.ops.tensordot</c>.</summary>
        /// <param name="a">A tensor.</param>
        /// <param name="b">A tensor.</param>
        /// <param name="axesA">The axes of <paramref name="a"/>.</param>
        /// <param name="axesB">The axes of <paramref name="b"/> that they are paired with.</param>
        /// <returns>A tensor with the other axes of both, in order.</returns>
        /// <exception cref="TapestryException">The axes do not pair up.</exception>
        public static Tensor TensorDot(Tensor a, Tensor b, ReadOnlySpan<int> axesA, ReadOnlySpan<int> axesB)
        {
            ArgumentNullException.ThrowIfNull(a);
            ArgumentNullException.ThrowIfNull(b);
            if (axesA.Length != axesB.Length) throw new TapestryException("TensorDot", $"{axesA.Length} axes of a, but {axesB.Length} of b", expected: "as many of one as of the other");
            if (a.Rank + b.Rank > 52) throw new TapestryException("TensorDot", $"ranks of {a.Rank} and {b.Rank}", expected: "at most 52 axes together");
            // An equation says it all: letters of a, those of b, and the same letter for a pair.
            var (left, right) = (Letters(0, a.Rank), Letters(a.Rank, b.Rank));
            for (var i = 0; i < axesA.Length; i++)
            {
                var (first, second) = (Axis(a, axesA[i]), Axis(b, axesB[i]));
                if (a.Shape[first] != b.Shape[second] && a.Shape[first] != Shape.Unknown && b.Shape[second] != Shape.Unknown) throw new TapestryException("TensorDot", "paired axes have different lengths", $"a {a.Spec} axis {axesA[i]}, b {b.Spec} axis {axesB[i]}", "equal lengths");
                right[second] = left[first];
            }

            var output = left.Except(right).Concat(right.Except(left));
            return Ops.Einsum($"{new string(left)},{new string(right)}->{string.Concat(output)}", a, b);
        }

        /// <summary>The sum of products over the last axes of one and the first of the other. Source: <c>keras.ops.tensordot</c>.</summary>
        /// <param name="a">A tensor.</param>
        /// <param name="b">A tensor.</param>
        /// <param name="axes">How many.</param>
        /// <exception cref="TapestryException">The axes do not pair up.</exception>
        public static Tensor TensorDot(Tensor a, Tensor b, int axes = 2)
        {
            ArgumentNullException.ThrowIfNull(a);
            ArgumentNullException.ThrowIfNull(b);
            if (axes < 0 || axes > a.Rank || axes > b.Rank) throw new TapestryException("TensorDot", $"{axes} axes", $"a {a.Spec}, b {b.Spec}", $"between 0 and {Math.Min(a.Rank, b.Rank)}");
            return Ops.TensorDot(a, b, [.. Enumerable.Range(a.Rank - axes, axes)], [.. Enumerable.Range(0, axes)]);
        }

        /// <summary>Matrices times vectors. Source: <c>tf.linalg.matvec</c>.</summary>
        /// <param name="a">A tensor [..., m, k].</param>
        /// <param name="b">A tensor [..., k].</param>
        /// <param name="transposeA">True when the matrices are stored transposed, [..., k, m].</param>
        /// <returns>A tensor [..., m].</returns>
        /// <exception cref="TapestryException">The lengths do not fit.</exception>
        public static Tensor MatVec(Tensor a, Tensor b, bool transposeA = false) => Ops.Squeeze(Ops.MatMul(a, Ops.ExpandDims(b, -1), transposeA), -1);

        /// <summary>The matrices in the last two axes, transposed. Source: <c>tf.linalg.matrix_transpose</c>.</summary>
        /// <param name="x">A tensor [..., rows, columns].</param>
        /// <exception cref="TapestryException">There are no matrices.</exception>
        public static Tensor MatrixTranspose(Tensor x)
        {
            ArgumentNullException.ThrowIfNull(x);
            return x.Rank >= 2 ? Ops.MoveAxis(x, -1, -2) : throw new TapestryException("MatrixTranspose", $"a tensor of rank {x.Rank}", x.Spec.ToString(), "matrices [..., rows, columns]");
        }
    }

    static char[] Letters(int first, int count) => [.. Enumerable.Range(first, count).Select(i => (char)(i < 26 ? 'a' + i : 'A' + i - 26))];

    static int Axis(Tensor x, int axis) => axis >= -x.Rank && axis < x.Rank ? axis < 0 ? axis + x.Rank : axis
        : throw new TapestryException("TensorDot", $"there is no axis {axis}", x.Spec.ToString(), $"an axis between {-x.Rank} and {x.Rank - 1}");
}
