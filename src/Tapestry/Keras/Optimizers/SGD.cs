using System.Runtime.CompilerServices;
using Tapestry.Keras.Optimizers.Updates;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Keras;

/// <summary>
/// Gradient descent, with momentum if asked for. Source: <c>keras.optimizers.SGD</c>.
/// </summary>
/// <remarks>
/// Without momentum v ← v − lr·g. With momentum m ← μ·m − lr·g, and v ← v + m, or, after Nesterov, v ← v + μ·m − lr·g.
/// </remarks>
/// <param name="learningRate">A number or a schedule; 0.01 by default.</param>
/// <param name="momentum">The share μ of the last step that is added to the next, in [0, 1].</param>
/// <param name="nesterov">Whether the step looks ahead along the momentum.</param>
/// <exception cref="TapestryException">The momentum is outside its range.</exception>
public sealed class SGD(LearningRateSchedule? learningRate = null, double momentum = 0.0, bool nesterov = false) : Optimizer(learningRate ?? 0.01)
{
    readonly UpdateOp update = momentum == 0 ? new SGDUpdateOp() : new MomentumUpdateOp(momentum, nesterov);

    /// <summary>The share of the last step that is added to the next.</summary>
    public double Momentum { get; } = momentum is >= 0 and <= 1
        ? momentum
        : throw new TapestryException("SGD.Momentum", "outside its range", $"{momentum}", "a number in [0, 1]", "0 takes no momentum, 0.9 is common.");

    /// <summary>Whether the step looks ahead along the momentum.</summary>
    public bool Nesterov { get; } = nesterov;

    /// <inheritdoc/>
    protected override void CreateState()
    {
        if (Momentum != 0) AddState("momentum");
    }

    /// <inheritdoc/>
    protected override void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate) =>
        Fused(update, variable, gradient, state, learningRate);
}

/// <summary>v − lr·g. Scalar: the learning rate.</summary>
sealed record SGDUpdateOp : UpdateOp<SGDUpdateOp.Descent>
{
    protected override Descent Rule(ReadOnlySpan<double> scalars) => new(scalars[0]);

    internal readonly struct Descent(double rate) : IUpdateRule
    {
        public static int StateCount => 0;

        public static bool LeavesOtherRows => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Invoke<V>(V gradient, V size, ref V variable, ref V first, ref V second, ref V third)
            where V : struct, IVec<V> => variable -= V.Create(rate) * gradient;
    }
}

/// <summary>The step with momentum. Scalar: the learning rate.</summary>
/// <param name="Momentum">The share of the last step that is added to the next.</param>
/// <param name="Nesterov">Whether the step looks ahead.</param>
sealed record MomentumUpdateOp(double Momentum, bool Nesterov) : UpdateOp<MomentumUpdateOp.Heavy>
{
    protected override Heavy Rule(ReadOnlySpan<double> scalars) => new(scalars[0], Momentum, Nesterov);

    internal readonly struct Heavy(double rate, double momentum, bool nesterov) : IUpdateRule
    {
        public static int StateCount => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Invoke<V>(V gradient, V size, ref V variable, ref V first, ref V second, ref V third)
            where V : struct, IVec<V>
        {
            var step = V.Create(rate) * gradient;
            first = first * V.Create(momentum) - step;
            variable = nesterov ? variable + first * V.Create(momentum) - step : variable + first;
        }
    }
}
