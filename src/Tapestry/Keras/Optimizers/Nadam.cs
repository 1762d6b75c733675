using System.Runtime.CompilerServices;
using Tapestry.Keras.Optimizers.Updates;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Keras;

/// <summary><see cref="Adam"/> that looks ahead along its momentum, after Dozat (2015). Source: <c>keras.optimizers.Nadam</c>.</summary>
/// <remarks>With t counted from 1, uₜ = β₁(1 − 0.5·0.96ᵗ) and Π the product of all uₜ so far: v ← v − lr·(uₜ₊₁·m/(1 − Π·uₜ₊₁) + (1 − uₜ)·g/(1 − Π))/(√(s/(1 − β₂ᵗ)) + ε).</remarks>
/// <param name="learningRate">A number or a schedule; 0.001 by default.</param>
/// <param name="beta1">How slowly the mean gradient changes.</param>
/// <param name="beta2">How slowly the mean square changes.</param>
/// <param name="epsilon">What keeps the divisor from zero.</param>
public sealed class Nadam(LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7) : Optimizer(learningRate ?? 0.001)
{
    readonly UpdateOp update = new NadamUpdateOp(beta1, beta2, epsilon);

    /// <summary>How slowly the mean gradient changes.</summary>
    public double Beta1 { get; } = beta1;

    /// <summary>How slowly the mean square changes.</summary>
    public double Beta2 { get; } = beta2;

    /// <summary>What keeps the divisor from zero.</summary>
    public double Epsilon { get; } = epsilon;

    Variable? product;

    /// <inheritdoc/>
    protected override void CreateState()
    {
        AddState("momentum", "velocity");
        product = AddVariable("variable", Ops.Constant(1f));
    }

    /// <inheritdoc/>
    protected override void BeginStep(Tensor learningRate)
    {
        var step = Ops.Cast(Iteration, DType.Float32) + 1.0;
        product!.Assign(product.Read(observed: false) * (Beta1 * (1.0 - 0.5 * Ops.Exp(Math.Log(0.96f) * step))));
    }

    /// <inheritdoc/>
    protected override void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate) =>
        Fused(update, variable, gradient, state, learningRate, Iteration, product!.Read(observed: false));
}

/// <summary>Nadam's step. Scalars: the learning rate, the number of the step counted from 0, the product of the momentum factors.</summary>
/// <param name="Beta1">How slowly the mean gradient changes.</param>
/// <param name="Beta2">How slowly the mean square changes.</param>
/// <param name="Epsilon">What keeps the divisor from zero.</param>
sealed record NadamUpdateOp(double Beta1, double Beta2, double Epsilon) : UpdateOp<NadamUpdateOp.Step>
{
    protected override Step Rule(ReadOnlySpan<double> scalars)
    {
        var step = scalars[1] + 1;
        // Keras rounds the factors to float32 here, and only here.
        var (beta1, beta2) = ((float)Beta1, (float)Beta2);
        var (now, next) = (beta1 * (1 - 0.5 * Math.Pow(0.96f, step)), beta1 * (1 - 0.5 * Math.Pow(0.96f, step + 1)));
        var product = scalars[2];
        return new(scalars[0], 1.0 - beta1, 1.0 - beta2, next / (1 - product * next), (1 - now) / (1 - product), 1 / (1 - Math.Pow(beta2, step)), Epsilon);
    }

    internal readonly struct Step(double rate, double share1, double share2, double ofMomentum, double ofGradient, double correction, double epsilon) : IUpdateRule
    {
        public static int StateCount => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Invoke<V>(V gradient, V size, ref V variable, ref V first, ref V second, ref V third)
            where V : struct, IVec<V>
        {
            first = V.MultiplyAdd(gradient - first, V.Create(share1), first);
            second = V.MultiplyAdd(size - second, V.Create(share2), second);
            var ahead = first * V.Create(ofMomentum) + gradient * V.Create(ofGradient);
            variable -= ahead * V.Create(rate) / (V.Sqrt(second * V.Create(correction)) + V.Create(epsilon));
        }
    }
}
