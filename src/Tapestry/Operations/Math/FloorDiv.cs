using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The quotient rounded down, element by element: ⌊x / y⌋. Source: <c>tf.math.floordiv</c>.</summary>
public sealed record FloorDivOp : BinaryStepOp<FloorDivOp.Function>
{
    internal static readonly FloorDivOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <summary>⌊x / y⌋.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.FloorDivide(x, y);
    }
}

/// <summary>Offers <see cref="FloorDivOp"/> to users.</summary>
public static class FloorDivEntry
{
    extension(Ops)
    {
        /// <summary>The quotient rounded down, element by element, with broadcasting: ⌊x / y⌋.</summary>
        /// <param name="x">A tensor of a numeric dtype.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor FloorDiv(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return FloorDivOp.Instance.Apply(x, y);
        }
    }
}
