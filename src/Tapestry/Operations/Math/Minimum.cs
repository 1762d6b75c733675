using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The smaller one, element by element: min(x, y). Source: <c>tf.minimum</c>.</summary>
public sealed record MinimumOp : BinaryOp<MinimumOp.Function>
{
    internal static readonly MinimumOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real | DTypes.Boolean;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? GradientLeft(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * Ops.Cast(Ops.LessEqual(x, y), upstream.DType);

    /// <inheritdoc/>
    protected override Tensor? GradientRight(Tensor x, Tensor y, Tensor z, Tensor upstream) => upstream * Ops.Cast(Ops.Greater(x, y), upstream.DType);

    /// <summary>min(x, y).</summary>
    public readonly struct Function : IBinaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x, V y)
            where V : struct, IVec<V> => V.Minimum(x, y);
    }
}

/// <summary>Offers <see cref="MinimumOp"/> to users.</summary>
public static class MinimumEntry
{
    extension(Ops)
    {
        /// <summary>The smaller one, element by element, with broadcasting: min(x, y).</summary>
        /// <param name="x">A tensor of a numeric dtype.</param>
        /// <param name="y">A tensor whose shape broadcasts with that of <paramref name="x"/>.</param>
        public static Tensor Minimum(Tensor x, Tensor y)
        {
            Promotion.Unify(ref x, ref y);
            return MinimumOp.Instance.Apply(x, y);
        }
    }
}
