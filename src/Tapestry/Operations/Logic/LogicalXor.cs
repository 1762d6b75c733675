using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where exactly one is true. Source: <c>tf.math.logical_xor</c>.</summary>
public sealed record LogicalXorOp : BinaryStepOp<LogicalXorOp.Function>
{
    internal static readonly LogicalXorOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Boolean;

    /// <summary>Bytes of 0 and 1.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => x ^ y;
    }
}

/// <summary>Offers <see cref="LogicalXorOp"/> to users.</summary>
public static class LogicalXorEntry
{
    extension(Ops)
    {
        /// <summary>Where exactly one is true, with broadcasting; numbers count as true unless they are 0.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor LogicalXor(Tensor x, Tensor y) => LogicalXorOp.Instance.Apply(Ops.Cast(x, DType.Bool), Ops.Cast(y, DType.Bool));
    }
}
