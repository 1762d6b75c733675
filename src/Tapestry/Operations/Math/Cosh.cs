using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The hyperbolic cosine, element by element: cosh x. Source: <c>tf.cosh</c>.</summary>
public sealed record CoshOp : UnaryOp<CoshOp.Function>
{
    internal static readonly CoshOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * Ops.Sinh(x);

    /// <summary>cosh x.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Cosh(x);
    }
}

/// <summary>Offers <see cref="CoshOp"/> to users.</summary>
public static class CoshEntry
{
    extension(Ops)
    {
        /// <summary>The hyperbolic cosine, element by element: cosh x.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Cosh(Tensor x) => CoshOp.Instance.Apply(Promotion.Floating(x));
    }
}
