namespace Tapestry.Keras.Layers;

/// <summary>A recurrent layer that runs a cell with gates, whose configuration is its own.</summary>
public abstract class GatedLayer : RecurrentLayer
{
    readonly GatedCell cell;

    private protected GatedLayer(GatedCell cell, bool returnSequences, bool returnState, bool goBackwards, bool stateful, bool unroll, bool zeroOutputForMask, string? name)
        : base(cell, returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask, name) => this.cell = cell;

    internal int Units => cell.Units;

    internal ActivationFunction Activation => cell.Activation;

    internal ActivationFunction RecurrentActivation => cell.RecurrentActivation;

    internal bool UseBias => cell.UseBias;

    internal Initializer KernelInitializer => cell.KernelInitializer;

    internal Initializer RecurrentInitializer => cell.RecurrentInitializer;

    internal Initializer BiasInitializer => cell.BiasInitializer;

    internal Regularizer? KernelRegularizer => cell.KernelRegularizer;

    internal Regularizer? RecurrentRegularizer => cell.RecurrentRegularizer;

    internal Regularizer? BiasRegularizer => cell.BiasRegularizer;

    internal Constraint? KernelConstraint => cell.KernelConstraint;

    internal Constraint? RecurrentConstraint => cell.RecurrentConstraint;

    internal Constraint? BiasConstraint => cell.BiasConstraint;

    internal double Dropout => cell.Dropout;

    internal double RecurrentDropout => cell.RecurrentDropout;

    internal int? Seed => cell.Seed;
}
