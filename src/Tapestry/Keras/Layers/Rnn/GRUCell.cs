namespace Tapestry.Keras.Layers;

/// <summary>
/// One step of a gated recurrent unit: with x · kernel + bias[0] and h · recurrent_kernel + bias[1] parted into z, r, n, their gates u = σ(x_z + h_z) and v = σ(x_r + h_r), the next
/// state is h′ = u · h + (1 − u) · activation(x_n + v · h_n). Without <c>resetAfter</c> the gate v stands before the product, (v · h) · recurrent_kernel_n, and there is one
/// bias. Source: <c>keras.layers.GRUCell</c>, https://arxiv.org/abs/1406.1078.
/// </summary>
/// <remarks>
/// Weights: <c>kernel</c> (features, 3 units), <c>recurrent_kernel</c> (units, 3 units), <c>bias</c> (2, 3 units), or (3 units) without <c>resetAfter</c>, parted in the order z, r, n.
/// Recurrent dropout is applied to what goes into the recurrent kernel.
/// </remarks>
public sealed class GRUCell : GatedCell
{
    /// <summary>Creates the cell.</summary>
    /// <param name="units">The size of the output, which is the state.</param>
    /// <param name="activation">The function of the new values; <c>"tanh"</c> by default.</param>
    /// <param name="recurrentActivation">The function σ of the gates; <c>"sigmoid"</c> by default.</param>
    /// <param name="useBias">Whether a bias is added.</param>
    /// <param name="kernelInitializer">Gives the first kernel; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="recurrentInitializer">Gives the first recurrent kernel; <c>"orthogonal"</c> by default.</param>
    /// <param name="biasInitializer">Gives the first bias; <c>"zeros"</c> by default.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel, or null.</param>
    /// <param name="recurrentRegularizer">A penalty on the recurrent kernel, or null.</param>
    /// <param name="biasRegularizer">A penalty on the bias, or null.</param>
    /// <param name="kernelConstraint">What is done to the kernel after each step of the optimizer, or null.</param>
    /// <param name="recurrentConstraint">What is done to the recurrent kernel after each step of the optimizer, or null.</param>
    /// <param name="biasConstraint">What is done to the bias after each step of the optimizer, or null.</param>
    /// <param name="dropout">The share of the input's elements that is dropped in training.</param>
    /// <param name="recurrentDropout">The share of the state's elements that is dropped in training.</param>
    /// <param name="resetAfter">Whether the reset gate stands behind the product with the recurrent kernel, as in cuDNN, instead of before it.</param>
    /// <param name="seed">Decides which elements are dropped.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">The number of units is not positive.</exception>
    public GRUCell(
        int units,
        ActivationFunction? activation = null,
        ActivationFunction? recurrentActivation = null,
        bool useBias = true,
        Initializer? kernelInitializer = null,
        Initializer? recurrentInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null,
        Regularizer? recurrentRegularizer = null,
        Regularizer? biasRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? recurrentConstraint = null,
        Constraint? biasConstraint = null,
        double dropout = 0,
        double recurrentDropout = 0,
        bool resetAfter = true,
        int? seed = null,
        string? name = null)
        : base(units, activation, recurrentActivation, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer, recurrentRegularizer, biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, seed, name) => ResetAfter = resetAfter;

    /// <summary>Whether the reset gate stands behind the product with the recurrent kernel.</summary>
    public bool ResetAfter { get; }

    internal override int[] StateSizes => [Units];

    private protected override int Gates => 3;

    private protected override Shape BiasShape => ResetAfter ? [2, 3 * Units] : [3 * Units];

    internal override Tensor Project(Tensor x)
    {
        var projected = Ops.MatMul(x, Kernel);
        return Bias is null ? projected : projected + (ResetAfter ? Bias.Value[0] : Bias.Value);
    }

    internal override Tensor[] Step(Tensor projected, IReadOnlyList<Tensor> states, Tensor? factors)
    {
        var h = states[0];
        var entering = factors is null ? h : h * factors;
        var x = Ops.Split(projected, 3, axis: 1);
        Tensor update, value;
        if (ResetAfter)
        {
            var product = Ops.MatMul(entering, RecurrentKernel);
            if (Bias is not null) product += Bias.Value[1];
            var p = Ops.Split(product, 3, axis: 1);
            update = RecurrentActivation.Apply(x[0] + p[0]);
            value = Activation.Apply(x[2] + (RecurrentActivation.Apply(x[1] + p[1]) * p[2]));
        }
        else
        {
            var kernel = RecurrentKernel.Value;
            var p = Ops.Split(Ops.MatMul(entering, kernel[.., ..(2 * Units)]), 2, axis: 1);
            update = RecurrentActivation.Apply(x[0] + p[0]);
            value = Activation.Apply(x[2] + Ops.MatMul(RecurrentActivation.Apply(x[1] + p[1]) * entering, kernel[.., (2 * Units)..]));
        }

        return [(update * h) + ((1 - update) * value)];
    }

    internal override (Tensor Outputs, Tensor[] States)? AllSteps(Tensor projected, IReadOnlyList<Tensor> states)
    {
        if (!HasKernelFor(projected.DType)) return null;
        var (outputs, _) = Ops.Gru(projected, states[0], RecurrentKernel, ResetAfter && Bias is not null ? Bias.Value[1] : null, ResetAfter);
        return (outputs, [outputs[^1]]);
    }
}
