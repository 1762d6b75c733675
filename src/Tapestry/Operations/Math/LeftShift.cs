using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The bits moved left; zeros enter, element by element. Source: <c>keras.ops.left_shift</c>.</summary>
public sealed record LeftShiftOp : BinaryStepOp<LeftShiftOp.Function>
{
    internal static readonly LeftShiftOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Integer;

    /// <summary>x &lt;&lt; y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.ShiftLeft(x, y);
    }
}

/// <summary>Offers <see cref="LeftShiftOp"/> to users.</summary>
public static class LeftShiftEntry
{
    extension(Ops)
    {
        /// <summary>The bits moved left; zeros enter, element by element, with broadcasting. Counts are limited to [0, width − 1]. Source: <c>keras.ops.left_shift</c>.</summary>
        /// <param name="x">A tensor of integers.</param>
        /// <param name="y">A tensor of integers: how far, whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor LeftShift(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return LeftShiftOp.Instance.Apply(x, y);
        }
    }
}
