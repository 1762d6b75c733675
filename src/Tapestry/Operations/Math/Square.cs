using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The square, element by element: x². Source: <c>tf.square</c>.</summary>
public sealed record SquareOp : UnaryOp<SquareOp.Function>
{
    internal static readonly SquareOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Numeric;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * (2f * Ops.Conj(x));

    /// <summary>x².</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => x * x;
    }
}

/// <summary>Offers <see cref="SquareOp"/> to users.</summary>
public static class SquareEntry
{
    extension(Ops)
    {
        /// <summary>The square, element by element: x².</summary>
        /// <param name="x">A numeric tensor.</param>
        public static Tensor Square(Tensor x) => SquareOp.Instance.Apply(Promotion.To(x, x.DType == DType.Bool ? DType.Int32 : x.DType));
    }
}
