using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The number without its fraction, element by element. Source: <c>keras.ops.trunc</c>.</summary>
public sealed record TruncOp : UnaryStepOp<TruncOp.Function>
{
    internal static readonly TruncOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <summary>trunc(x).</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Truncate(x);
    }
}

/// <summary>Offers <see cref="TruncOp"/> to users.</summary>
public static class TruncEntry
{
    extension(Ops)
    {
        /// <summary>The number without its fraction, element by element; integers and truth values stay as they are. Source: <c>keras.ops.trunc</c>.</summary>
        /// <param name="x">A tensor of real numbers or truth values.</param>
        public static Tensor Trunc(Tensor x) => x.DType == DType.Bool ? x : TruncOp.Instance.Apply(Promotion.To(x, x.DType));
    }
}
