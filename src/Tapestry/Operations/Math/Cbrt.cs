using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The real cube root, element by element: ∛x, negative where x is. Source: <c>keras.ops.cbrt</c>.</summary>
public sealed record CbrtOp : UnaryOp<CbrtOp.Function>
{
    internal static readonly CbrtOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream / (3f * Ops.Square(y));

    /// <summary>∛x: a guess made of a third of the bits, which hold the exponent on top, improved by steps of Halley and one of Newton.</summary>
    public readonly struct Function : IUnaryBody
    {
        // What is smaller is scaled up by the cube of a power of two, and its root down by that power, so that all steps have normal numbers; nothing is rounded.
        const double SingleSmall = 1e-30;
        const double DoubleSmall = 1e-290;
        const double Power = 1L << 18;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V>
        {
            var one = V.Create(1L);
            var magnitude = V.Abs(x);
            var small = V.LessThan(magnitude, V.Create(V.Kind == ElementKind.Float32 ? SingleSmall : DoubleSmall));
            var a = magnitude * V.Select(small, V.Create(Power * Power * Power), one);
            var t = Halley(V.Kind == ElementKind.Float32 ? SingleGuess(a) : DoubleGuess(a), a);
            if (V.Kind != ElementKind.Float32) t = Halley(t, a);

            // The last step takes a - t³ from the exact square of t, so that hardly more than the final sum is rounded.
            var square = t * t;
            var rest = V.MultiplyAdd(-square, t, a) - (V.MultiplyAdd(t, t, -square) * t);
            t += rest / (square * V.Create(3.0));

            var root = V.CopySign(t * V.Select(small, V.Create(1 / Power), one), x);
            return V.Select(V.IsFinite(x) & V.NotEqual(x, V.Create(0L)), root, x);
        }

        // The bits of a number, read as an integer n, are its logarithm in rough; n / 3 and a constant (that of FreeBSD's cbrt) are those of its root within 1 / 28.
        // As lanes hold floats, n loses its low bits to fit a fraction, and back again.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V SingleGuess<V>(V a)
            where V : struct, IVec<V>
        {
            const int Lost = 8;
            const double Base = 1 << 23;
            var n = (V.ShiftRightLogical(a, Lost) | V.Create(Base)) - V.Create(Base);
            var third = V.MultiplyAdd(n, V.Create(1.0 / 3), V.Create(Base + (709958130 >> Lost)));
            return V.ShiftLeft(V.SubtractBits(third, V.Create(Base)), Lost);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V DoubleGuess<V>(V a)
            where V : struct, IVec<V>
        {
            const int Lost = 12;
            const double Base = 1L << 52;
            var n = (V.ShiftRightLogical(a, Lost) | V.Create(Base)) - V.Create(Base);
            var third = V.MultiplyAdd(n, V.Create(1.0 / 3), V.Create(Base + ((715094163L << 32) >> Lost)));
            return V.ShiftLeft(V.SubtractBits(third, V.Create(Base)), Lost);
        }

        // An error of e becomes one of 2/3 e³. The quarters keep the sums below the greatest number.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V Halley<V>(V t, V a)
            where V : struct, IVec<V>
        {
            var (cube, quarter) = (t * t * (t * V.Create(0.25)), a * V.Create(0.25));
            return t * ((cube + quarter + quarter) / (cube + cube + quarter));
        }
    }
}

/// <summary>Offers <see cref="CbrtOp"/> to users.</summary>
public static class CbrtEntry
{
    extension(Ops)
    {
        /// <summary>
        /// The real cube root, element by element: ∛x, of negative numbers too. Zeros, infinities and NaN stay what they are. The gradient is
        /// 1 / (3 ∛x²), which is infinite at 0. Source: <c>keras.ops.cbrt</c>.
        /// </summary>
        /// <param name="x">A real tensor; integers become floating point, those of int64 float64 as in Keras.</param>
        /// <returns>A tensor of the same shape.</returns>
        /// <exception cref="TapestryException">The dtype is complex.</exception>
        /// <example>
        /// <code>
        /// Console.WriteLine(Ops.Cbrt(new[] { -27f, 0f, 8f }));
        /// </code>
        /// <code kind="output">
        /// tf.Tensor([-3.  0.  2.], shape=(3,), dtype=float32)
        /// </code>
        /// </example>
        public static Tensor Cbrt(Tensor x) => CbrtOp.Instance.Apply(x.DType == DType.Int64 ? Promotion.To(x, DType.Float64) : Promotion.Floating(x));
    }
}
