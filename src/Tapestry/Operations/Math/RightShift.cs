using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The bits moved right; copies of the sign enter, zeros in unsigned numbers, element by element. Source: <c>keras.ops.right_shift</c>.</summary>
public sealed record RightShiftOp : BinaryStepOp<RightShiftOp.Function>
{
    internal static readonly RightShiftOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Integer;

    /// <summary>x &gt;&gt; y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.ShiftRight(x, y);
    }
}

/// <summary>Offers <see cref="RightShiftOp"/> to users.</summary>
public static class RightShiftEntry
{
    extension(Ops)
    {
        /// <summary>The bits moved right; copies of the sign enter, zeros in unsigned numbers, element by element, with broadcasting. Counts are limited to [0, width − 1]. Source: <c>keras.ops.right_shift</c>.</summary>
        /// <param name="x">A tensor of integers.</param>
        /// <param name="y">A tensor of integers: how far, whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor RightShift(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return RightShiftOp.Instance.Apply(x, y);
        }
    }
}
