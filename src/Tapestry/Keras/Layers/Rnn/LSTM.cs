namespace Tapestry.Keras.Layers;

/// <summary>Long short-term memory along the second dimension of (batch, time, features), https://www.bioinf.jku.at/publications/older/2604.pdf.</summary>
/// <remarks>
/// The formulas are those of <see cref="LSTMCell"/>, whose weights it has. Source: <c>keras.layers.LSTM</c>.
/// <code>
/// var sequences = Ops.RandomNormal([2, 7, 3]);
/// Console.WriteLine(new LSTM(4).Apply(sequences).Shape);                          // (2, 4)
/// Console.WriteLine(new LSTM(4, returnSequences: true).Apply(sequences).Shape);   // (2, 7, 4)
/// </code>
/// </remarks>
public sealed class LSTM : GatedLayer
{
    readonly LSTMCell cell;

    /// <summary>Creates the layer.</summary>
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
    /// <param name="returnSequences">Whether the outputs of all steps are given instead of the last.</param>
    /// <param name="returnState">Whether the last states h and c are given behind the output.</param>
    /// <param name="goBackwards">Whether the sequence is walked from its end.</param>
    /// <param name="stateful">Whether each batch starts with the states in which the last one ended.</param>
    /// <param name="unroll">Whether a known number of steps is unrolled however large it is.</param>
    /// <param name="zeroOutputForMask">Whether steps that a mask leaves out give zeros instead of the output before them.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">The number of units is not positive.</exception>
    public LSTM(
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
        bool returnSequences = false,
        bool returnState = false,
        bool goBackwards = false,
        bool stateful = false,
        bool unroll = false,
        bool zeroOutputForMask = false,
        string? name = null)
        : this(
            new LSTMCell(units, activation, recurrentActivation, useBias, kernelInitializer, recurrentInitializer, biasInitializer, unitForgetBias, kernelRegularizer, recurrentRegularizer, biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, seed, "lstm_cell"),
            returnSequences,
            returnState,
            goBackwards,
            stateful,
            unroll,
            zeroOutputForMask,
            name)
    {
    }

    LSTM(LSTMCell cell, bool returnSequences, bool returnState, bool goBackwards, bool stateful, bool unroll, bool zeroOutputForMask, string? name)
        : base(cell, returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask, name) => this.cell = cell;

    /// <summary>One step of the layer, which has its weights.</summary>
    public LSTMCell Cell => cell;

    internal bool UnitForgetBias => cell.UnitForgetBias;
}
