using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The hypotenuse of a right triangle, element by element: √(x² + y²), without overflow or underflow on the way. Source: <c>keras.ops.hypot</c>.</summary>
public sealed record HypotOp : BinaryOp<HypotOp.Function>
{
    internal static readonly HypotOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * Ops.DivideNoNan(x, z);

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * Ops.DivideNoNan(y, z);

    /// <summary>√(x² + y²), with both sides brought near 1 where their squares would leave the range of the dtype.</summary>
    public readonly struct Function : IBinaryBody
    {
        // Powers of two, so that scaling rounds nothing. Between 1 / limit and limit the longer side has a normal square.
        const double SingleLimit = 1L << 60;
        const double SingleFactor = SingleLimit * (1L << 36);
        const double DoubleLimit = SingleLimit * SingleLimit * SingleLimit * SingleLimit * SingleLimit * SingleLimit * SingleLimit * SingleLimit;
        const double DoubleFactor = DoubleLimit * SingleFactor;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V>
        {
            var limit = V.Kind == ElementKind.Float32 ? SingleLimit : DoubleLimit;
            var factor = V.Kind == ElementKind.Float32 ? SingleFactor : DoubleFactor;
            var one = V.Create(1L);
            var longer = V.Maximum(V.Abs(x), V.Abs(y));
            var (large, small) = (V.GreaterThan(longer, V.Create(limit)), V.LessThan(longer, V.Create(1 / limit)));
            var down = V.Select(large, V.Create(1 / factor), V.Select(small, V.Create(factor), one));
            var up = V.Select(large, V.Create(factor), V.Select(small, V.Create(1 / factor), one));
            var (a, b) = (x * down, y * down);
            var length = V.Sqrt((a * a) + (b * b)) * up;

            // An infinite side decides even beside NaN, as in C and NumPy.
            return V.Select(V.IsInfinite(x) | V.IsInfinite(y), V.Highest, length);
        }
    }
}

/// <summary>Offers <see cref="HypotOp"/> to users.</summary>
public static class HypotEntry
{
    extension(Ops)
    {
        /// <summary>
        /// The hypotenuse of a right triangle, element by element, with broadcasting: √(x² + y²). The squares neither overflow nor underflow
        /// on the way, so that the result is right whenever the dtype can hold it. The gradients are x / √(x² + y²) and y / √(x² + y²), and 0
        /// where both sides are 0. Source: <c>keras.ops.hypot</c>.
        /// </summary>
        /// <param name="x">A real tensor; integers become floating point, int64 float64 as in Keras.</param>
        /// <param name="y">A real tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        /// <returns>A tensor of the common shape: infinite where a side is infinite, else NaN where a side is NaN.</returns>
        /// <exception cref="TapestryException">The shapes do not broadcast, or a dtype is complex.</exception>
        /// <example>
        /// <code>
        /// Console.WriteLine(Ops.Hypot(new[] { 3f, 5e30f }, new[] { 4f, 12e30f }));
        /// </code>
        /// <code kind="output">
        /// tf.Tensor([5.0e+00 1.3e+31], shape=(2,), dtype=float32)
        /// </code>
        /// </example>
        public static Tensor Hypot(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            if (x.DType == DType.Int64) (x, y) = (Promotion.To(x, DType.Float64), Promotion.To(y, DType.Float64));
            else Promotion.UnifyFloating(ref x, ref y);
            return HypotOp.Instance.Apply(x, y);
        }
    }
}
