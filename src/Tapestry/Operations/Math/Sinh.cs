using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The hyperbolic sine, element by element: sinh x. Source: <c>tf.sinh</c>.</summary>
public sealed record SinhOp : UnaryOp<SinhOp.Function>
{
    internal static readonly SinhOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * Ops.Cosh(x);

    /// <summary>sinh x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Sinh(x);
    }
}

/// <summary>Offers <see cref="SinhOp"/> to users.</summary>
public static class SinhEntry
{
    extension(Ops)
    {
        /// <summary>The hyperbolic sine, element by element: sinh x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Sinh(Tensor x) => SinhOp.Instance.Apply(Promotion.Floating(x));
    }
}
