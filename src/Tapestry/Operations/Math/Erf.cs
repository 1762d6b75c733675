using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The error function, element by element: 2/√π ∫₀ˣ e^(-t²) dt. Source: <c>tf.math.erf</c>.</summary>
public sealed record ErfOp : UnaryOp<ErfOp.Function>
{
    internal static readonly ErfOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * (1.1283791670955126 * Ops.Exp(-Ops.Square(x)));

    /// <summary>2/√π ∫₀ˣ e^(-t²) dt.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Erf(x);
    }
}

/// <summary>Offers <see cref="ErfOp"/> to users.</summary>
public static class ErfEntry
{
    extension(Ops)
    {
        /// <summary>The error function, element by element: 2/√π ∫₀ˣ e^(-t²) dt.</summary>
        /// <param name="x">A numeric tensor; integers become floating point.</param>
        public static Tensor Erf(Tensor x) => ErfOp.Instance.Apply(Promotion.Floating(x));
    }
}
