namespace Tapestry.Keras.Layers;

/// <summary>A recurrent cell with gates: one kernel for the input and one for the output before, each with the columns of all gates side by side.</summary>
public abstract class GatedCell : RecurrentCell
{
    private protected GatedCell(
        int units,
        ActivationFunction? activation,
        ActivationFunction? recurrentActivation,
        bool useBias,
        Initializer? kernelInitializer,
        Initializer? recurrentInitializer,
        Initializer? biasInitializer,
        Regularizer? kernelRegularizer,
        Regularizer? recurrentRegularizer,
        Regularizer? biasRegularizer,
        Constraint? kernelConstraint,
        Constraint? recurrentConstraint,
        Constraint? biasConstraint,
        double dropout,
        double recurrentDropout,
        int? seed,
        string? name)
        : base(units, dropout, recurrentDropout, seed, name)
    {
        Activation = activation ?? "tanh";
        RecurrentActivation = recurrentActivation ?? "sigmoid";
        UseBias = useBias;
        KernelInitializer = kernelInitializer ?? "glorot_uniform";
        RecurrentInitializer = recurrentInitializer ?? "orthogonal";
        BiasInitializer = biasInitializer ?? "zeros";
        KernelRegularizer = kernelRegularizer;
        RecurrentRegularizer = recurrentRegularizer;
        BiasRegularizer = biasRegularizer;
        KernelConstraint = kernelConstraint;
        RecurrentConstraint = recurrentConstraint;
        BiasConstraint = biasConstraint;
    }

    /// <summary>The function of the new values.</summary>
    public ActivationFunction Activation { get; }

    /// <summary>The function of the gates.</summary>
    public ActivationFunction RecurrentActivation { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>Gives the first kernel.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>Gives the first recurrent kernel.</summary>
    public Initializer RecurrentInitializer { get; }

    /// <summary>Gives the first bias.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>A penalty on the kernel, or null.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>A penalty on the recurrent kernel, or null.</summary>
    public Regularizer? RecurrentRegularizer { get; }

    /// <summary>A penalty on the bias, or null.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>What is done to the kernel after each step of the optimizer, or null.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>What is done to the recurrent kernel after each step of the optimizer, or null.</summary>
    public Constraint? RecurrentConstraint { get; }

    /// <summary>What is done to the bias after each step of the optimizer, or null.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>The kernel (features, gates · units).</summary>
    /// <exception cref="TapestryException">The cell is not built yet.</exception>
    public Variable Kernel { get => field ?? throw NotBuilt(nameof(Kernel)); private protected set; }

    /// <summary>The recurrent kernel (units, gates · units).</summary>
    /// <exception cref="TapestryException">The cell is not built yet.</exception>
    public Variable RecurrentKernel { get => field ?? throw NotBuilt(nameof(RecurrentKernel)); private protected set; }

    /// <summary>The bias; null before the cell is built, and without one.</summary>
    public Variable? Bias { get; private protected set; }

    /// <summary>How many gates the kernels have.</summary>
    private protected abstract int Gates { get; }

    /// <summary>The shape of the bias.</summary>
    private protected virtual Shape BiasShape => [Gates * Units];

    /// <summary>Whether all steps can run in one kernel, which has the default functions.</summary>
    private protected bool HasKernelFor(DType dtype) =>
        Activation is Activations.Tanh && RecurrentActivation is Activations.Sigmoid && (dtype == DType.Float32 || dtype == DType.Float64) && RecurrentKernel.DType == dtype;

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        Kernel = AddWeight("kernel", [inputShape[^1], Gates * Units], KernelInitializer, KernelRegularizer, KernelConstraint, dtype: WeightDType);
        RecurrentKernel = AddWeight("recurrent_kernel", [Units, Gates * Units], RecurrentInitializer, RecurrentRegularizer, RecurrentConstraint, dtype: WeightDType);
        if (UseBias) Bias = AddWeight("bias", BiasShape, BiasInitializer, BiasRegularizer, BiasConstraint, dtype: WeightDType);
    }
}
