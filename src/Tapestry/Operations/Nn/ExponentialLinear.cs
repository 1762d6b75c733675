using System.Runtime.CompilerServices;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>
/// A straight line right of 0 and an exponential that levels off left of it: slope · x where x &gt; 0, height · (exp(rate · x) − 1) elsewhere.
/// ELU, SELU and CELU are of this kind.
/// </summary>
/// <param name="Slope">The slope of the line.</param>
/// <param name="Height">How far below 0 the exponential levels off.</param>
/// <param name="Rate">How fast it does.</param>
/// <param name="SlopeAtZero">The derivative at exactly 0, where the originals have their own; that of the line by default.</param>
public sealed record ExponentialLinearOp(double Slope, double Height, double Rate, double? SlopeAtZero = null) : UnaryOp<ExponentialLinearOp.Pieces>
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    protected override Pieces Body => new(Slope, Height, Rate);

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * new ExponentialStepOp(Slope, Height * Rate, Rate, SlopeAtZero ?? Slope).Apply(x);

    /// <summary>The function.</summary>
    /// <param name="slope">The slope of the line.</param>
    /// <param name="height">How far below 0 the exponential levels off.</param>
    /// <param name="rate">How fast it does.</param>
    public readonly struct Pieces(double slope, double height, double rate) : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> =>
            V.Select(V.GreaterThan(x, V.Create(0L)), x * V.Create(slope), V.Create(height) * V.Expm1(x * V.Create(rate)));
    }
}

/// <summary>factor · exp(rate · x) where x &lt; 0, level where x &gt; 0, and a value of its own at 0: the derivatives of <see cref="ExponentialLinearOp"/>.</summary>
/// <param name="Level">The value right of 0.</param>
/// <param name="Factor">The value just left of 0.</param>
/// <param name="Rate">The growth left of 0.</param>
/// <param name="AtZero">The value at 0.</param>
public sealed record ExponentialStepOp(double Level, double Factor, double Rate, double AtZero) : UnaryOp<ExponentialStepOp.Pieces>
{
    /// <inheritdoc/>
    protected override DTypes Accepted => DTypes.Floating;

    /// <inheritdoc/>
    protected override Pieces Body => new(Level, Factor, Rate, AtZero);

    /// <inheritdoc/>
    public override bool SavesOutput(int output) => false;

    /// <inheritdoc/>
    protected override Tensor? Gradient(Tensor x, Tensor y, Tensor upstream) => upstream * new ExponentialStepOp(0, Factor * Rate, Rate, 0).Apply(x);

    /// <summary>The function.</summary>
    /// <param name="level">The value right of 0.</param>
    /// <param name="factor">The value just left of 0.</param>
    /// <param name="rate">The growth left of 0.</param>
    /// <param name="atZero">The value at 0.</param>
    public readonly struct Pieces(double level, double factor, double rate, double atZero) : IUnaryBody
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V x)
            where V : struct, IVec<V> =>
            V.Select(V.GreaterThan(x, V.Create(0L)), V.Create(level), V.Select(V.LessThan(x, V.Create(0L)), V.Create(factor) * V.Exp(x * V.Create(rate)), V.Create(atZero)));
    }
}

/// <summary>Offers <see cref="ExponentialLinearOp"/> to users.</summary>
public static class ExponentialLinearEntry
{
    const double SeluAlpha = 1.6732632423543772848170429916717;
    const double SeluScale = 1.0507009873554804934193349852946;

    extension(Ops)
    {
        /// <summary>x where x &gt; 0, alpha · (exp(x) − 1) elsewhere. Source: <c>keras.ops.elu</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="alpha">How far below 0 the function levels off.</param>
        public static Tensor Elu(Tensor x, double alpha = 1) => new ExponentialLinearOp(1, alpha, 1, alpha).Apply(Promotion.Floating(x));

        /// <summary>1.0507 · x where x &gt; 0, 1.7581 · (exp(x) − 1) elsewhere: the self-normalising unit. Source: <c>tf.nn.selu</c>.</summary>
        /// <param name="x">A tensor.</param>
        public static Tensor Selu(Tensor x) => new ExponentialLinearOp(SeluScale, SeluScale * SeluAlpha, 1).Apply(Promotion.Floating(x));

        /// <summary>x where x &gt; 0, alpha · (exp(x / alpha) − 1) elsewhere. Source: <c>keras.ops.celu</c>.</summary>
        /// <param name="x">A tensor.</param>
        /// <param name="alpha">How far below 0 the function levels off; not 0.</param>
        public static Tensor Celu(Tensor x, double alpha = 1) =>
            // The original adds max(x, 0) and min(alpha · (exp(x / alpha) − 1), 0), both of which have the slope 1 at 0.
            new ExponentialLinearOp(1, alpha, 1 / alpha, 2).Apply(Promotion.Floating(x));
    }
}
