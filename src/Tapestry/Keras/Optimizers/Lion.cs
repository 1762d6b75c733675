using System.Runtime.CompilerServices;
using Tapestry.Keras.Optimizers.Updates;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Keras;

/// <summary>
/// Steps by the sign of the gradient blended with its mean, after Chen et al. (2023): every element moves by the learning rate, which should
/// therefore be three to ten times smaller than <see cref="Adam"/>'s. Source: <c>keras.optimizers.Lion</c>.
/// </summary>
/// <remarks>v ← v − lr·sign(β₁·m + (1 − β₁)·g), then m ← β₂·m + (1 − β₂)·g.</remarks>
/// <param name="learningRate">A number or a schedule; 0.001 by default.</param>
/// <param name="beta1">The share of the mean gradient in the direction of a step, in (0, 1].</param>
/// <param name="beta2">How slowly the mean gradient changes.</param>
/// <exception cref="TapestryException">The share is outside its range.</exception>
public sealed class Lion(LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.99) : Optimizer(learningRate ?? 0.001)
{
    readonly UpdateOp update = new LionUpdateOp(beta1, beta2);

    /// <summary>The share of the mean gradient in the direction of a step.</summary>
    public double Beta1 { get; } = beta1 is > 0 and <= 1
        ? beta1
        : throw new TapestryException("Lion.Beta1", "outside its range", $"{beta1}", "a number in (0, 1]", "For the sign of the gradient alone choose a share near 0.");

    /// <summary>How slowly the mean gradient changes.</summary>
    public double Beta2 { get; } = beta2;

    /// <inheritdoc/>
    protected override void CreateState() => AddState("momentum");

    /// <inheritdoc/>
    protected override void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate) =>
        Fused(update, variable, gradient, state, learningRate);
}

/// <summary>Lion's step. Scalar: the learning rate.</summary>
/// <param name="Beta1">The share of the mean gradient in the direction of a step.</param>
/// <param name="Beta2">How slowly the mean gradient changes.</param>
sealed record LionUpdateOp(double Beta1, double Beta2) : UpdateOp<LionUpdateOp.Step>
{
    protected override Step Rule(ReadOnlySpan<double> scalars) => new(scalars[0], Beta1, Beta2);

    internal readonly struct Step(double rate, double beta1, double beta2) : IUpdateRule
    {
        public static int StateCount => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Invoke<V>(V gradient, V size, ref V variable, ref V first, ref V second, ref V third)
            where V : struct, IVec<V>
        {
            // Shares are taken off one in the variable's dtype and products are rounded, as in Keras: a sign flips at the last bit.
            var (one, share1, share2) = (V.Create(1L), V.Create(beta1), V.Create(beta2));
            variable -= V.Create(rate) * new SignOp.Function().Invoke(first * share1 + gradient * (one - share1));
            first = first * share2 + gradient * (one - share2);
        }
    }
}
