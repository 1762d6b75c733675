using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The bits that one of two has, element by element. Source: <c>keras.ops.bitwise_xor</c>.</summary>
public sealed record BitwiseXorOp : BinaryStepOp<BitwiseXorOp.Function>
{
    internal static readonly BitwiseXorOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Integer | DTypes.Boolean;

    /// <summary>x ^ y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => x ^ y;
    }
}

/// <summary>Offers <see cref="BitwiseXorOp"/> to users.</summary>
public static class BitwiseXorEntry
{
    extension(Ops)
    {
        /// <summary>The bits that one of two has, element by element, with broadcasting. Source: <c>keras.ops.bitwise_xor</c>.</summary>
        /// <param name="x">A tensor of integers or truth values.</param>
        /// <param name="y">A tensor of integers or truth values, whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor BitwiseXor(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return BitwiseXorOp.Instance.Apply(x, y);
        }
    }
}
