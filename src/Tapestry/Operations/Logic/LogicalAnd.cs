using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where both are true. Source: <c>tf.logical_and</c>.</summary>
public sealed record LogicalAndOp : BinaryStepOp<LogicalAndOp.Function>
{
    internal static readonly LogicalAndOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Boolean;

    /// <summary>Bytes of 0 and 1.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => x & y;
    }
}

/// <summary>Offers <see cref="LogicalAndOp"/> to users.</summary>
public static class LogicalAndEntry
{
    extension(Ops)
    {
        /// <summary>Where both are true, with broadcasting; numbers count as true unless they are 0.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor LogicalAnd(Tensor x, Tensor y) => LogicalAndOp.Instance.Apply(Ops.Cast(x, DType.Bool), Ops.Cast(y, DType.Bool));
    }
}
