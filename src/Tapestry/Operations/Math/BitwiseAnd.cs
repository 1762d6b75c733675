using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The bits that both have, element by element. Source: <c>keras.ops.bitwise_and</c>.</summary>
public sealed record BitwiseAndOp : BinaryStepOp<BitwiseAndOp.Function>
{
    internal static readonly BitwiseAndOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Integer | DTypes.Boolean;

    /// <summary>x &amp; y.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => x & y;
    }
}

/// <summary>Offers <see cref="BitwiseAndOp"/> to users.</summary>
public static class BitwiseAndEntry
{
    extension(Ops)
    {
        /// <summary>The bits that both have, element by element, with broadcasting. Source: <c>keras.ops.bitwise_and</c>.</summary>
        /// <param name="x">A tensor of integers or truth values.</param>
        /// <param name="y">A tensor of integers or truth values, whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor BitwiseAnd(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return BitwiseAndOp.Instance.Apply(x, y);
        }
    }
}
