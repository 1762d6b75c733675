using System.Runtime.CompilerServices;
using Tapestry.Keras.Optimizers.Updates;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Keras;

/// <summary>Follows the regularized leader, after McMahan et al. (2013): for sparse linear models. Source: <c>keras.optimizers.Ftrl</c>.</summary>
/// <remarks>n′ = n + g², with p the power and g′ = g + 2·shrinkage·v: z ← z + g′ − (n′⁻ᵖ − n⁻ᵖ)/lr·v, v ← (clip(z, ±l₁) − z)/(n′⁻ᵖ/lr + 2·(l₂ + β/(2·lr))).</remarks>
/// <param name="learningRate">A number or a schedule; 0.001 by default.</param>
/// <param name="learningRatePower">The exponent with which rates fall, at most 0.</param>
/// <param name="initialAccumulatorValue">What the sum of squares starts from.</param>
/// <param name="l1RegularizationStrength">How strongly weights are drawn to zero by their magnitude.</param>
/// <param name="l2RegularizationStrength">How strongly weights are drawn to zero by their square.</param>
/// <param name="l2ShrinkageRegularizationStrength">How much of the weights is added to their gradients, twice.</param>
/// <param name="beta">What is added to the divisor of the rate.</param>
/// <exception cref="TapestryException">The power is above 0, or a strength or the first sum below.</exception>
public sealed class Ftrl(LearningRateSchedule? learningRate = null, double learningRatePower = -0.5, double initialAccumulatorValue = 0.1, double l1RegularizationStrength = 0.0, double l2RegularizationStrength = 0.0, double l2ShrinkageRegularizationStrength = 0.0, double beta = 0.0) : Optimizer(learningRate ?? 0.001)
{
    readonly UpdateOp update = new FtrlUpdateOp(learningRatePower, initialAccumulatorValue, l1RegularizationStrength, l2RegularizationStrength, l2ShrinkageRegularizationStrength, beta);

    /// <summary>The exponent with which rates fall, at most 0.</summary>
    public double LearningRatePower { get; } = learningRatePower <= 0
        ? learningRatePower
        : throw new TapestryException("Ftrl.LearningRatePower", "outside its range", $"{learningRatePower}", "a number of at most 0", "-0.5 divides by the root of the sum of squares; 0 keeps the rate.");

    /// <summary>What the sum of squares starts from.</summary>
    public double InitialAccumulatorValue { get; } = NotNegative(initialAccumulatorValue, "InitialAccumulatorValue");

    /// <summary>How strongly weights are drawn to zero by their magnitude.</summary>
    public double L1RegularizationStrength { get; } = NotNegative(l1RegularizationStrength, "L1RegularizationStrength");

    /// <summary>How strongly weights are drawn to zero by their square.</summary>
    public double L2RegularizationStrength { get; } = NotNegative(l2RegularizationStrength, "L2RegularizationStrength");

    /// <summary>How much of the weights is added to their gradients, twice.</summary>
    public double L2ShrinkageRegularizationStrength { get; } = NotNegative(l2ShrinkageRegularizationStrength, "L2ShrinkageRegularizationStrength");

    /// <summary>What is added to the divisor of the rate.</summary>
    public double Beta { get; } = beta;

    /// <inheritdoc/>
    protected override void CreateState() => AddState(
        ["accumulator", "linear"],
        (variable, name) => name == "accumulator" ? TensorFactory.Full(variable.DType, variable.Shape, InitialAccumulatorValue) : null);

    /// <inheritdoc/>
    protected override void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate) =>
        Fused(update, variable, gradient, state, learningRate);

    static double NotNegative(double value, string name) => value >= 0
        ? value
        : throw new TapestryException($"Ftrl.{name}", "outside its range", $"{value}", "a number of at least 0", "Leave it out for its default.");
}

/// <summary>Ftrl's step. Scalars: the learning rate.</summary>
/// <param name="LearningRatePower">The exponent with which rates fall, at most 0.</param>
/// <param name="InitialAccumulatorValue">What the sum of squares starts from.</param>
/// <param name="L1RegularizationStrength">How strongly weights are drawn to zero by their magnitude.</param>
/// <param name="L2RegularizationStrength">How strongly weights are drawn to zero by their square.</param>
/// <param name="L2ShrinkageRegularizationStrength">How much of the weights is added to their gradients, twice.</param>
/// <param name="Beta">What is added to the divisor of the rate.</param>
sealed record FtrlUpdateOp(double LearningRatePower, double InitialAccumulatorValue, double L1RegularizationStrength, double L2RegularizationStrength, double L2ShrinkageRegularizationStrength, double Beta) : UpdateOp<FtrlUpdateOp.Step>
{
    protected override Step Rule(ReadOnlySpan<double> scalars) => new(scalars[0], -LearningRatePower, L1RegularizationStrength, L2RegularizationStrength + Beta / (2 * scalars[0]), L2ShrinkageRegularizationStrength);

    internal readonly struct Step(double rate, double power, double l1, double l2, double shrinkage) : IUpdateRule
    {
        public static int StateCount => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Invoke<V>(V gradient, V size, ref V variable, ref V first, ref V second, ref V third)
            where V : struct, IVec<V>
        {
            var sum = first + size;
            var (root, before) = power == 0.5 ? (V.Sqrt(sum), V.Sqrt(first)) : (V.Pow(sum, V.Create(power)), V.Pow(first, V.Create(power)));
            second += gradient + V.Create(2 * shrinkage) * variable - (root - before) / V.Create(rate) * variable;
            var clipped = V.Clamp(second, V.Create(-l1), V.Create(l1));
            variable = (clipped - second) / (root / V.Create(rate) + V.Create(2 * l2));
            first = sum;
        }
    }
}
