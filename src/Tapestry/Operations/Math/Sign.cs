using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>The sign, element by element: -1, 0 or 1. Source: <c>tf.sign</c>.</summary>
public sealed record SignOp : UnaryOp<SignOp.Function>
{
    internal static readonly SignOp Instance = new();

    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Real;

    /// <inheritdoc/>
    public override bool SavesInput(int input) => false;

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => Ops.ZerosLike(x);

    /// <summary>-1, 0 or 1.</summary>
    public readonly struct Function : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> => V.Select(V.IsNaN(x), x, V.Select(V.GreaterThan(x, V.Create(0L)), V.Create(1L), V.Select(V.LessThan(x, V.Create(0L)), V.Create(-1L), V.Create(0L))));
    }
}

/// <summary>Offers <see cref="SignOp"/> to users.</summary>
public static class SignEntry
{
    extension(Ops)
    {
        /// <summary>The sign, element by element: -1, 0 or 1.</summary>
        /// <param name="x">A tensor of real numbers.</param>
        public static Tensor Sign(Tensor x) => SignOp.Instance.Apply(Promotion.To(x, x.DType));
    }
}
