using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The square of the difference, element by element: (x - y)². Source: <c>tf.math.squared_difference</c>.</summary>
public sealed record SquaredDifferenceOp : BinaryOp<SquaredDifferenceOp.Function>
{
    internal static readonly SquaredDifferenceOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * (2f * (x - y));

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * (2f * (y - x));

    /// <summary>(x - y)².</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => (x - y) * (x - y);
    }
}

/// <summary>Offers <see cref="SquaredDifferenceOp"/> to users.</summary>
public static class SquaredDifferenceEntry
{
    extension(Ops)
    {
        /// <summary>The square of the difference, element by element, with broadcasting: (x - y)².</summary>
        /// <param name="x">A tensor of a numeric dtype.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor SquaredDifference(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return SquaredDifferenceOp.Instance.Apply(x, y);
        }
    }
}
