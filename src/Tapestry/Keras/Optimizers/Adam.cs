using System.Runtime.CompilerServices;
using Tapestry.Keras.Optimizers.Updates;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Keras;

/// <summary>
/// Steps by the mean gradient over the root of the mean square, after Kingma and Ba (2014). Source: <c>keras.optimizers.Adam</c>.
/// </summary>
/// <remarks>
/// With t counted from 1: m ← m + (g − m)(1 − β₁), s ← s + (g² − s)(1 − β₂), v ← v − lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ)·m/(√s + ε). Amsgrad divides by
/// the greatest s so far.
/// </remarks>
public class Adam : Optimizer
{
    readonly UpdateOp update;
    readonly Op effectiveRate;
    Tensor? rate;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">A number or a schedule; 0.001 by default.</param>
    /// <param name="beta1">How slowly the mean gradient changes.</param>
    /// <param name="beta2">How slowly the mean square changes.</param>
    /// <param name="epsilon">What keeps the divisor from zero.</param>
    /// <param name="amsgrad">Whether the divisor never falls.</param>
    public Adam(LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7, bool amsgrad = false)
        : base(learningRate ?? 0.001)
    {
        (Beta1, Beta2, Epsilon, Amsgrad) = (beta1, beta2, epsilon, amsgrad);
        effectiveRate = new AdamRateOp(beta1, beta2);
        update = amsgrad ? new AdamUpdateOp<Yes>(beta1, beta2, epsilon) : new AdamUpdateOp<No>(beta1, beta2, epsilon);
    }

    /// <summary>How slowly the mean gradient changes.</summary>
    public double Beta1 { get; }

    /// <summary>How slowly the mean square changes.</summary>
    public double Beta2 { get; }

    /// <summary>What keeps the divisor from zero.</summary>
    public double Epsilon { get; }

    /// <summary>Whether the divisor never falls.</summary>
    public bool Amsgrad { get; }

    /// <inheritdoc/>
    protected override void CreateState()
    {
        AddState("momentum", "velocity");
        if (Amsgrad) AddState("velocity_hat");
    }

    /// <inheritdoc/>
    protected override void BeginStep(Tensor learningRate) => rate = effectiveRate.Apply(learningRate, Iteration);

    /// <inheritdoc/>
    protected override void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate) =>
        Fused(update, variable, gradient, state, rate!);
}

/// <summary>
/// lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ): the learning rate corrected for the means, which start at zero. Inputs: the rate, the number of the step counted from 0.
/// </summary>
/// <param name="Beta1">How slowly the mean gradient changes.</param>
/// <param name="Beta2">How slowly the mean square changes.</param>
sealed record AdamRateOp(double Beta1, double Beta2) : Op
{
    public override void Infer(ref InferContext context)
    {
        if (context.Shape(0).Rank != 0 || context.Shape(1).Rank != 0) throw Refuse("no scalars", context, "a learning rate and the number of a step");
        context.Return(Shape.Scalar, DType.Float64);
    }

    public override void Run(in KernelContext context)
    {
        var step = ScalarReader.Number(context.InputTensor(1)) + 1;
        // The powers are those of float32 numbers, as in Keras: 1 − 0.999 differs in its fifth digit.
        var correction = Math.Sqrt(1 - Math.Pow((float)Beta2, step)) / (1 - Math.Pow((float)Beta1, step));
        context.Output<double>(0)[0] = ScalarReader.Number(context.InputTensor(0)) * correction;
    }
}

/// <summary>Adam's step. Scalar: the rate corrected for the start.</summary>
/// <typeparam name="TAmsgrad">Whether the divisor never falls.</typeparam>
/// <param name="Beta1">How slowly the mean gradient changes.</param>
/// <param name="Beta2">How slowly the mean square changes.</param>
/// <param name="Epsilon">What keeps the divisor from zero.</param>
sealed record AdamUpdateOp<TAmsgrad>(double Beta1, double Beta2, double Epsilon) : UpdateOp<AdamUpdateOp<TAmsgrad>.Moments>
    where TAmsgrad : struct, IChoice
{
    public override string Name => "AdamUpdate";

    protected override Moments Rule(ReadOnlySpan<double> scalars) => new(scalars[0], 1 - Beta1, 1 - Beta2, Epsilon);

    internal readonly struct Moments(double rate, double share1, double share2, double epsilon) : IUpdateRule
    {
        public static int StateCount => TAmsgrad.IsMade ? 3 : 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Invoke<V>(V gradient, V size, ref V variable, ref V first, ref V second, ref V third)
            where V : struct, IVec<V>
        {
            first = V.MultiplyAdd(gradient - first, V.Create(share1), first);
            second = V.MultiplyAdd(size - second, V.Create(share2), second);
            var square = second;
            if (TAmsgrad.IsMade) square = third = V.Maximum(third, second);
            variable -= first * V.Create(rate) / (V.Sqrt(square) + V.Create(epsilon));
        }
    }
}
