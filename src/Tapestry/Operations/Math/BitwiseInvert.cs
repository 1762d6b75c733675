using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The bits turned over, element by element. Source: <c>keras.ops.bitwise_invert</c>.</summary>
public sealed record BitwiseInvertOp : UnaryStepOp<BitwiseInvertOp.Function>
{
    internal static readonly BitwiseInvertOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Integer;

    /// <summary>~x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => ~x;
    }
}

/// <summary>Offers <see cref="BitwiseInvertOp"/> to users.</summary>
public static class BitwiseInvertEntry
{
    extension(Ops)
    {
        /// <summary>The bits turned over, element by element: ~x. Source: <c>keras.ops.bitwise_invert</c>, <c>keras.ops.bitwise_not</c>.</summary>
        /// <param name="x">A tensor of integers or truth values.</param>
        public static Tensor BitwiseInvert(Tensor x) => x.DType == DType.Bool ? Ops.LogicalNot(x) : BitwiseInvertOp.Instance.Apply(Promotion.To(x, x.DType));
    }
}
