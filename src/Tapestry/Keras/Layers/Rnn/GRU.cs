namespace Tapestry.Keras.Layers;

/// <summary>Gated recurrent unit along the second dimension of (batch, time, features), https://arxiv.org/abs/1406.1078.</summary>
/// <remarks>
/// The formulas are those of <see cref="GRUCell"/>, whose weights it has. Source: <c>keras.layers.GRU</c>.
/// <code>
/// var sequences = Ops.RandomNormal([2, 7, 3]);
/// Console.WriteLine(new GRU(4).Apply(sequences).Shape);                          // (2, 4)
/// Console.WriteLine(new GRU(4, returnSequences: true).Apply(sequences).Shape);   // (2, 7, 4)
/// </code>
/// </remarks>
public sealed class GRU : GatedLayer
{
    readonly GRUCell cell;

    /// <summary>Creates the layer.</summary>
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
    /// <param name="seed">Decides which elements are dropped.</param>
    /// <param name="returnSequences">Whether the outputs of all steps are given instead of the last.</param>
    /// <param name="returnState">Whether the last state is given behind the output.</param>
    /// <param name="goBackwards">Whether the sequence is walked from its end.</param>
    /// <param name="stateful">Whether each batch starts with the states in which the last one ended.</param>
    /// <param name="unroll">Whether a known number of steps is unrolled however large it is.</param>
    /// <param name="resetAfter">Whether the reset gate stands behind the product with the recurrent kernel, as in cuDNN, instead of before it.</param>
    /// <param name="zeroOutputForMask">Whether steps that a mask leaves out give zeros instead of the output before them.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">The number of units is not positive.</exception>
    public GRU(
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
        int? seed = null,
        bool returnSequences = false,
        bool returnState = false,
        bool goBackwards = false,
        bool stateful = false,
        bool unroll = false,
        bool resetAfter = true,
        bool zeroOutputForMask = false,
        string? name = null)
        : this(
            new GRUCell(units, activation, recurrentActivation, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer, recurrentRegularizer, biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, resetAfter, seed, "gru_cell"),
            returnSequences,
            returnState,
            goBackwards,
            stateful,
            unroll,
            zeroOutputForMask,
            name)
    {
    }

    GRU(GRUCell cell, bool returnSequences, bool returnState, bool goBackwards, bool stateful, bool unroll, bool zeroOutputForMask, string? name)
        : base(cell, returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask, name) => this.cell = cell;

    /// <summary>One step of the layer, which has its weights.</summary>
    public GRUCell Cell => cell;

    internal bool ResetAfter => cell.ResetAfter;
}
