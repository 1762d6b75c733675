using System.Runtime.CompilerServices;
using Tapestry.Keras.Optimizers.Updates;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Keras;

/// <summary>Steps whose size follows from the steps before, after Zeiler (2012). Source: <c>keras.optimizers.Adadelta</c>.</summary>
/// <remarks>a ← ρ·a + (1 − ρ)·g², Δ = −√(d + ε)/√(a + ε)·g, d ← ρ·d + (1 − ρ)·Δ², v ← v + lr·Δ.</remarks>
/// <param name="learningRate">A number or a schedule; 0.001 by default.</param>
/// <param name="rho">How slowly the means change.</param>
/// <param name="epsilon">What keeps the divisor from zero.</param>
public sealed class Adadelta(LearningRateSchedule? learningRate = null, double rho = 0.95, double epsilon = 1e-7) : Optimizer(learningRate ?? 0.001)
{
    readonly UpdateOp update = new AdadeltaUpdateOp(rho, epsilon);

    /// <summary>How slowly the means change.</summary>
    public double Rho { get; } = rho;

    /// <summary>What keeps the divisor from zero.</summary>
    public double Epsilon { get; } = epsilon;

    /// <inheritdoc/>
    protected override void CreateState() => AddState("accumulated_grad", "accumulated_delta_var");

    /// <inheritdoc/>
    protected override void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate) =>
        Fused(update, variable, gradient, state, learningRate);
}

/// <summary>Adadelta's step. Scalars: the learning rate.</summary>
/// <param name="Rho">How slowly the means change.</param>
/// <param name="Epsilon">What keeps the divisor from zero.</param>
sealed record AdadeltaUpdateOp(double Rho, double Epsilon) : UpdateOp<AdadeltaUpdateOp.Step>
{
    protected override Step Rule(ReadOnlySpan<double> scalars) => new(scalars[0], Rho, Epsilon);

    internal readonly struct Step(double rate, double rho, double epsilon) : IUpdateRule
    {
        public static int StateCount => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Invoke<V>(V gradient, V size, ref V variable, ref V first, ref V second, ref V third)
            where V : struct, IVec<V>
        {
            var kept = V.Create(rho);
            var share = V.Create(1 - rho);
            first = kept * first + share * size;
            var (before, after) = (second + V.Create(epsilon), first + V.Create(epsilon));
            second = kept * second + share * (before * size / after);
            variable -= V.Create(rate) * (V.Sqrt(before) * gradient / V.Sqrt(after));
        }
    }
}
