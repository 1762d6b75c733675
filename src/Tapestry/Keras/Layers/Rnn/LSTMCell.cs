namespace Tapestry.Keras.Layers;

/// <summary>
/// One step of a long short-term memory: with z = x · kernel + h · recurrent_kernel + bias, parted into i, f, g, o, the next states are
/// c′ = σ(f) · c + σ(i) · activation(g) and h′ = σ(o) · activation(c′). Source: <c>keras.layers.LSTMCell</c>.
/// </summary>
/// <remarks>Weights: <c>kernel</c> (features, 4 units), <c>recurrent_kernel</c> (units, 4 units), <c>bias</c> (4 units), parted in the order i, f, g, o.</remarks>
public sealed class LSTMCell : GatedCell
{
    /// <summary>Creates the cell.</summary>
    /// <param name="units">The size of the output and of both states.</param>
    /// <param name="activation">The function of the new values; <c>"tanh"</c> by default.</param>
    /// <param name="recurrentActivation">The function σ of the gates; <c>"sigmoid"</c> by default.</param>
    /// <param name="useBias">Whether a bias is added.</param>
    /// <param name="kernelInitializer">Gives the first kernel; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="recurrentInitializer">Gives the first recurrent kernel; <c>"orthogonal"</c> by default.</param>
    /// <param name="biasInitializer">Gives the first bias; <c>"zeros"</c> by default.</param>
    /// <param name="unitForgetBias">Whether the first bias of the forget gate is 1 instead, https://proceedings.mlr.press/v37/jozefowicz15.pdf.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel, or null.</param>
    /// <param name="recurrentRegularizer">A penalty on the recurrent kernel, or null.</param>
    /// <param name="biasRegularizer">A penalty on the bias, or null.</param>
    /// <param name="kernelConstraint">What is done to the kernel after each step of the optimizer, or null.</param>
    /// <param name="recurrentConstraint">What is done to the recurrent kernel after each step of the optimizer, or null.</param>
    /// <param name="biasConstraint">What is done to the bias after each step of the optimizer, or null.</param>
    /// <param name="dropout">The share of the input's elements that is dropped in training.</param>
    /// <param name="recurrentDropout">The share of the state's elements that is dropped in training.</param>
    /// <param name="seed">Decides which elements are dropped.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">The number of units is not positive.</exception>
    public LSTMCell(
        int units,
        ActivationFunction? activation = null,
        ActivationFunction? recurrentActivation = null,
        bool useBias = true,
        Initializer? kernelInitializer = null,
        Initializer? recurrentInitializer = null,
        Initializer? biasInitializer = null,
        bool unitForgetBias = true,
        Regularizer? kernelRegularizer = null,
        Regularizer? recurrentRegularizer = null,
        Regularizer? biasRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? recurrentConstraint = null,
        Constraint? biasConstraint = null,
        double dropout = 0,
        double recurrentDropout = 0,
        int? seed = null,
        string? name = null)
        : base(units, activation, recurrentActivation, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer, recurrentRegularizer, biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, seed, name) => UnitForgetBias = unitForgetBias;

    /// <summary>Whether the first bias of the forget gate is 1.</summary>
    public bool UnitForgetBias { get; }

    internal override int[] StateSizes => [Units, Units];

    private protected override int Gates => 4;

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        base.Build(inputShape);
        if (Bias is null || !UnitForgetBias) return;
        using (Scopes.Current.Enter(null))
        {
            Bias.Assign(Ops.Concat([BiasInitializer.Apply([Units], WeightDType), Ops.Ones([Units], WeightDType), BiasInitializer.Apply([2 * Units], WeightDType)], 0));
        }
    }

    internal override Tensor Project(Tensor x)
    {
        var projected = Ops.MatMul(x, Kernel);
        return Bias is null ? projected : projected + Bias;
    }

    internal override Tensor[] Step(Tensor projected, IReadOnlyList<Tensor> states, Tensor? factors)
    {
        var (h, c) = (states[0], states[1]);
        if (factors is not null) h *= factors;
        var z = Ops.Split(projected + Ops.MatMul(h, RecurrentKernel), 4, axis: 1);
        c = (RecurrentActivation.Apply(z[1]) * c) + (RecurrentActivation.Apply(z[0]) * Activation.Apply(z[2]));
        return [RecurrentActivation.Apply(z[3]) * Activation.Apply(c), c];
    }

    internal override (Tensor Outputs, Tensor[] States)? AllSteps(Tensor projected, IReadOnlyList<Tensor> states)
    {
        if (!HasKernelFor(projected.DType)) return null;
        var (outputs, cells) = Ops.Lstm(projected, states[0], states[1], RecurrentKernel);
        return (outputs, [outputs[^1], cells[^1]]);
    }
}
