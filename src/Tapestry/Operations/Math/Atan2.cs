using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The angle of the point (y, x), element by element: arctan(x / y) in the right quadrant. Source: <c>tf.atan2</c>.</summary>
public sealed record Atan2Op : BinaryOp<Atan2Op.Function>
{
    internal static readonly Atan2Op Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * y / (Ops.Square(x) + Ops.Square(y));

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => -upstream * x / (Ops.Square(x) + Ops.Square(y));

    /// <summary>arctan(x / y) in the right quadrant.</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Atan2(x, y);
    }
}

/// <summary>Offers <see cref="Atan2Op"/> to users.</summary>
public static class Atan2Entry
{
    extension(Ops)
    {
        /// <summary>The angle of the point (y, x), element by element, with broadcasting: arctan(x / y) in the right quadrant.</summary>
        /// <param name="x">A tensor of a numeric dtype.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Atan2(Tensor x, Tensor y)
        {
            Promotion.UnifyFloating(ref x, ref y);
            return Atan2Op.Instance.Apply(x, y);
        }
    }
}
