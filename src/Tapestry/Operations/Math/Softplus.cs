using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The smooth rectifier, element by element: ln(1 + e^x). Source: <c>tf.math.softplus</c>.</summary>
public sealed record SoftplusOp : UnaryOp<SoftplusOp.Function>
{
    internal static readonly SoftplusOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * Ops.Sigmoid(x);

    /// <summary>ln(1 + e^x).</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Maximum(x, V.Create(0L)) + V.Log1p(V.Exp(-V.Abs(x)));
    }
}

/// <summary>Offers <see cref="SoftplusOp"/> to users.</summary>
public static class SoftplusEntry
{
    extension(Ops)
    {
        /// <summary>The smooth rectifier, element by element: ln(1 + e^x).</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Softplus(Tensor x) => SoftplusOp.Instance.Apply(Promotion.Floating(x));
    }
}
