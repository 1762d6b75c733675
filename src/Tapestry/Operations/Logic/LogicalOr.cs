using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Where either is true. Source: <c>tf.logical_or</c>.</summary>
public sealed record LogicalOrOp : BinaryStepOp<LogicalOrOp.Function>
{
    internal static readonly LogicalOrOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Boolean;

    /// <summary>Bytes of 0 and 1.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => x | y;
    }
}

/// <summary>Offers <see cref="LogicalOrOp"/> to users.</summary>
public static class LogicalOrEntry
{
    extension(Ops)
    {
        /// <summary>Where either is true, with broadcasting; numbers count as true unless they are 0.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor LogicalOr(Tensor x, Tensor y) => LogicalOrOp.Instance.Apply(Ops.Cast(x, DType.Bool), Ops.Cast(y, DType.Bool));
    }
}
