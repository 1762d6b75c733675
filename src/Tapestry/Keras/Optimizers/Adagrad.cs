using System.Runtime.CompilerServices;
using Tapestry.Keras.Optimizers.Updates;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Keras;

/// <summary>Steps by the gradient over the root of the sum of all squares so far, after Duchi et al. (2011). Source: <c>keras.optimizers.Adagrad</c>.</summary>
/// <remarks>a ← a + g², v ← v − lr·g/√(a + ε).</remarks>
/// <param name="learningRate">A number or a schedule; 0.001 by default.</param>
/// <param name="initialAccumulatorValue">What the sum of squares starts from.</param>
/// <param name="epsilon">What keeps the divisor from zero.</param>
public sealed class Adagrad(LearningRateSchedule? learningRate = null, double initialAccumulatorValue = 0.1, double epsilon = 1e-7) : Optimizer(learningRate ?? 0.001)
{
    readonly UpdateOp update = new AdagradUpdateOp(initialAccumulatorValue, epsilon);

    /// <summary>What the sum of squares starts from.</summary>
    public double InitialAccumulatorValue { get; } = initialAccumulatorValue;

    /// <summary>What keeps the divisor from zero.</summary>
    public double Epsilon { get; } = epsilon;

    /// <inheritdoc/>
    protected override void CreateState() => AddState(["accumulator"], (variable, _) => TensorFactory.Full(variable.DType, variable.Shape, InitialAccumulatorValue));

    /// <inheritdoc/>
    protected override void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate) =>
        Fused(update, variable, gradient, state, learningRate);
}

/// <summary>Adagrad's step. Scalars: the learning rate.</summary>
/// <param name="InitialAccumulatorValue">What the sum of squares starts from.</param>
/// <param name="Epsilon">What keeps the divisor from zero.</param>
sealed record AdagradUpdateOp(double InitialAccumulatorValue, double Epsilon) : UpdateOp<AdagradUpdateOp.Step>
{
    protected override Step Rule(ReadOnlySpan<double> scalars) => new(scalars[0], Epsilon);

    internal readonly struct Step(double rate, double epsilon) : IUpdateRule
    {
        public static int StateCount => 1;

        public static bool LeavesOtherRows => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Invoke<V>(V gradient, V size, ref V variable, ref V first, ref V second, ref V third)
            where V : struct, IVec<V>
        {
            first += size;
            variable -= V.Create(rate) * gradient / V.Sqrt(first + V.Create(epsilon));
        }
    }
}
