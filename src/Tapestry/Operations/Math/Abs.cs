using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The magnitude, element by element: |x|. Source: <c>tf.abs</c>.</summary>
public sealed record AbsOp : UnaryOp<AbsOp.Function>
{
    internal static readonly AbsOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * Ops.Sign(x);

    /// <summary>|x|.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Abs(x);
    }
}

/// <summary>Offers <see cref="AbsOp"/> to users.</summary>
public static class AbsEntry
{
    extension(Ops)
    {
        /// <summary>The magnitude, element by element: |x|; for complex numbers a real number.</summary>
        /// <param name="x">A tensor; truth values stay as they are.</param>
        public static Tensor Abs(Tensor x) => x.DType.IsComplex ? ComplexAbsOp.Instance.Apply(x) : x.DType == DType.Bool ? x : AbsOp.Instance.Apply(Promotion.To(x, x.DType));
    }
}
