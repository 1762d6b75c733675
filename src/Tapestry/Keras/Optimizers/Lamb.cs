namespace Tapestry.Keras;

/// <summary>
/// <see cref="Adam"/> whose step is scaled to the size of each variable, after You et al. (2019): for large batches. Source:
/// <c>keras.optimizers.Lamb</c>.
/// </summary>
/// <remarks>
/// With Adam's m and s corrected for their start: u = m/(√s + ε), v ← v − lr·‖v‖/‖u‖·u; the ratio is 1 where a norm is 0.
/// </remarks>
/// <param name="learningRate">A number or a schedule; 0.001 by default.</param>
/// <param name="beta1">How slowly the mean gradient changes.</param>
/// <param name="beta2">How slowly the mean square changes.</param>
/// <param name="epsilon">What keeps the divisor from zero.</param>
public sealed class Lamb(LearningRateSchedule? learningRate = null, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7) : Optimizer(learningRate ?? 0.001)
{
    /// <summary>How slowly the mean gradient changes.</summary>
    public double Beta1 { get; } = beta1;

    /// <summary>How slowly the mean square changes.</summary>
    public double Beta2 { get; } = beta2;

    /// <summary>What keeps the divisor from zero.</summary>
    public double Epsilon { get; } = epsilon;

    /// <inheritdoc/>
    protected override void CreateState() => AddState("momentum", "velocity");

    /// <inheritdoc/>
    protected override void Update(Variable variable, Tensor gradient, ReadOnlySpan<Variable> state, Tensor learningRate)
    {
        var step = Ops.Cast(Iteration, variable.DType) + 1.0;
        Tensor weight = variable.Value, momentum = state[0].Value, velocity = state[1].Value;
        momentum += (gradient - momentum) * (1 - Beta1);
        velocity += (IndexedSlices.Map(gradient, Ops.Square) - velocity) * (1 - Beta2);
        var mean = momentum / (1.0 - Ops.Exp(Math.Log((float)Beta1) * step));
        var square = velocity / (1.0 - Ops.Exp(Math.Log((float)Beta2) * step));
        var direction = mean / (Ops.Sqrt(square) + Epsilon);
        var (size, length) = (Norm(weight), Norm(direction));
        var ratio = Ops.Where(Ops.LogicalAnd(Ops.Greater(size, 0.0), Ops.Greater(length, 0.0)), size / length, 1.0);
        variable.Assign(weight - ratio * learningRate * direction);
        state[0].Assign(momentum);
        state[1].Assign(velocity);
    }

    static Tensor Norm(Tensor x) => Ops.Sqrt(Ops.Sum(Ops.Square(x)));
}
