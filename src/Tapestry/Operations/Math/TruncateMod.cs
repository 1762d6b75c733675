using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The remainder with the sign of the dividend, element by element: x - trunc(x / y) y. Source: <c>tf.truncatemod</c>, <c>keras.ops.fmod</c>.</summary>
public sealed record TruncateModOp : BinaryOp<TruncateModOp.Function>
{
    internal static readonly TruncateModOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream;

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => -upstream * Ops.Trunc(x / y);

    /// <summary>x - trunc(x / y) y, exactly.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.TruncateModulo(x, y);
    }
}

/// <summary>Offers <see cref="TruncateModOp"/> to users.</summary>
public static class TruncateModEntry
{
    extension(Ops)
    {
        /// <summary>The remainder with the sign of the dividend, element by element, with broadcasting: x − trunc(x / y)·y, exactly. Integers give 0 where the divisor is 0. Source: <c>tf.truncatemod</c>, <c>keras.ops.fmod</c>.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        /// <example>
        /// <code>
        /// Console.WriteLine(Ops.TruncateMod(new[] { -7, 7 }, 3));
        /// </code>
        /// <code kind="output">
        /// tf.Tensor([-1  1], shape=(2,), dtype=int32)
        /// </code>
        /// </example>
        public static Tensor TruncateMod(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            if (x.DType == DType.Bool) (x, y) = (Ops.Cast(x, DType.Int32), Ops.Cast(y, DType.Int32));
            return TruncateModOp.Instance.Apply(x, y);
        }
    }
}
