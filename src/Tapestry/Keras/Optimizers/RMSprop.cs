using System.Runtime.CompilerServices;
using Tapestry.Keras.Optimizers.Updates;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Keras;

/// <summary>
/// Steps by the gradient over the root of its mean square, after Hinton (2012). Source: <c>keras.optimizers.RMSprop</c>.
/// </summary>
/// <remarks>
/// s ← ρ·s + (1 − ρ)·g², step = lr·g/√(s + ε), v ← v − step. With momentum m ← μ·m + step, v ← v − m. Centered, the divisor is √(s − a² + ε),
/// where a ← ρ·a + (1 − ρ)·g.
/// </remarks>
public sealed class RMSprop : Optimizer
{
    readonly UpdateOp update;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">A number or a schedule; 0.001 by default.</param>
    /// <param name="rho">How slowly the mean square changes.</param>
    /// <param name="momentum">The share of the last step that is added to the next.</param>
    /// <param name="epsilon">What keeps the divisor from zero, under the root.</param>
    /// <param name="centered">Whether the square of the mean gradient is taken off the mean square.</param>
    public RMSprop(LearningRateSchedule? learningRate = null, double rho = 0.9, double momentum = 0.0, double epsilon = 1e-7, bool centered = false)
        : base(learningRate ?? 0.001)
    {
        (Rho, Momentum, Epsilon, Centered) = (rho, momentum, epsilon, centered);
        update = (momentum > 0, centered) switch
        {
            (false, false) => new RMSpropUpdateOp<No, No>(rho, momentum, epsilon),
            (true, false) => new RMSpropUpdateOp<Yes, No>(rho, momentum, epsilon),
            (false, true) => new RMSpropUpdateOp<No, Yes>(rho, momentum, epsilon),
            _ => new RMSpropUpdateOp<Yes, Yes>(rho, momentum, epsilon),
        };
    }

    /// <summary>How slowly the mean square changes.</summary>
    public double Rho { get; }

    /// <summary>The share of the last step that is added to the next.</summary>
    public double Momentum { get; }

    /// <summary>What keeps the divisor from zero, under the root.</summary>
    public double Epsilon { get; }

    /// <summary>Whether the square of the mean gradient is taken off the mean square.</summary>
    public bool Centered { get; }

    /// <inheritdoc/>
    protected override void CreateState()
    {
        AddState("velocity");
        if (Momentum > 0) AddState("momentum");
        if (Centered) AddState("average_gradient");
    }

    /// <inheritdoc/>
    protected override void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate) =>
        Fused(update, variable, gradient, state, learningRate);
}

/// <summary>RMSprop's step. Scalar: the learning rate.</summary>
/// <typeparam name="TMomentum">Whether there is a momentum; it is the second state.</typeparam>
/// <typeparam name="TCentered">Whether the mean gradient is kept; it is the last state.</typeparam>
/// <param name="Rho">How slowly the mean square changes.</param>
/// <param name="Momentum">The share of the last step that is added to the next.</param>
/// <param name="Epsilon">What keeps the divisor from zero.</param>
sealed record RMSpropUpdateOp<TMomentum, TCentered>(double Rho, double Momentum, double Epsilon) : UpdateOp<RMSpropUpdateOp<TMomentum, TCentered>.Roots>
    where TMomentum : struct, IChoice
    where TCentered : struct, IChoice
{
    public override string Name => "RMSpropUpdate";

    protected override Roots Rule(ReadOnlySpan<double> scalars) => new(scalars[0], Rho, Momentum, Epsilon);

    internal readonly struct Roots(double rate, double rho, double momentum, double epsilon) : IUpdateRule
    {
        public static int StateCount => 1 + (TMomentum.IsMade ? 1 : 0) + (TCentered.IsMade ? 1 : 0);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Invoke<V>(V gradient, V size, ref V variable, ref V first, ref V second, ref V third)
            where V : struct, IVec<V>
        {
            first = V.Create(rho) * first + V.Create(1 - rho) * size;
            var square = first;
            if (TCentered.IsMade) square -= Center(gradient, ref TMomentum.IsMade ? ref third : ref second);
            var step = V.Create(rate) * gradient / V.Sqrt(square + V.Create(epsilon));
            if (TMomentum.IsMade) step = second = V.Create(momentum) * second + step;
            variable -= step;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        V Center<V>(V gradient, ref V average)
            where V : struct, IVec<V>
        {
            average = V.Create(rho) * average + V.Create(1 - rho) * gradient;
            return average * average;
        }
    }
}
