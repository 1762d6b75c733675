using System.Runtime.CompilerServices;
using Tapestry.Keras.Optimizers.Updates;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Keras;

/// <summary><see cref="Adam"/> with the greatest magnitude instead of the root of the mean square, after Kingma and Ba (2014). Source: <c>keras.optimizers.Adamax</c>.</summary>
/// <remarks>With t counted from 1: m ← m + (g − m)(1 − β₁), u ← max(β₂·u, |g|), v ← v − lr·m/((1 − β₁ᵗ)(u + ε)).</remarks>
/// <param name="learningRate">A number or a schedule; 0.001 by default.</param>
/// <param name="beta1">How slowly the mean gradient changes.</param>
/// <param name="beta2">How slowly the mean square changes.</param>
/// <param name="epsilon">What keeps the divisor from zero.</param>
public sealed class Adamax(LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7) : Optimizer(learningRate ?? 0.001)
{
    readonly UpdateOp update = new AdamaxUpdateOp(beta1, beta2, epsilon);

    /// <summary>How slowly the mean gradient changes.</summary>
    public double Beta1 { get; } = beta1;

    /// <summary>How slowly the mean square changes.</summary>
    public double Beta2 { get; } = beta2;

    /// <summary>What keeps the divisor from zero.</summary>
    public double Epsilon { get; } = epsilon;

    /// <inheritdoc/>
    protected override void CreateState() => AddState("momentum", "norm");

    /// <inheritdoc/>
    protected override void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate) =>
        Fused(update, variable, gradient, state, learningRate, Iteration);
}

/// <summary>Adamax's step. Scalars: the learning rate, the number of the step counted from 0.</summary>
/// <param name="Beta1">How slowly the mean gradient changes.</param>
/// <param name="Beta2">How slowly the mean square changes.</param>
/// <param name="Epsilon">What keeps the divisor from zero.</param>
sealed record AdamaxUpdateOp(double Beta1, double Beta2, double Epsilon) : UpdateOp<AdamaxUpdateOp.Step>
{
    protected override Step Rule(ReadOnlySpan<double> scalars) => new(scalars[0] / (1 - Math.Pow((float)Beta1, scalars[1] + 1)), 1 - Beta1, Beta2, Epsilon);

    internal readonly struct Step(double rate, double share1, double beta2, double epsilon) : IUpdateRule
    {
        public static int StateCount => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Size<V>(V gradient)
            where V : struct, IVec<V> => V.Abs(gradient);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Invoke<V>(V gradient, V size, ref V variable, ref V first, ref V second, ref V third)
            where V : struct, IVec<V>
        {
            first = V.MultiplyAdd(gradient - first, V.Create(share1), first);
            second = V.Maximum(V.Create(beta2) * second, size);
            variable -= V.Create(rate) * first / (second + V.Create(epsilon));
        }
    }
}
