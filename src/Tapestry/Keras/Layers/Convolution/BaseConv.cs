namespace Tapestry.Keras.Layers;

/// <summary>What the convolutions of one, two and three dimensions share.</summary>
/// <remarks>Weights: <c>kernel</c> (window…, channels / groups, filters) and, unless turned off, <c>bias</c> (filters).</remarks>
public abstract class BaseConv : Layer
{
    readonly int rank;

    private protected BaseConv(
        int rank,
        int filters,
        Sizes kernelSize,
        Sizes? strides,
        string padding,
        string? dataFormat,
        Sizes? dilationRate,
        int groups,
        ActivationFunction? activation,
        bool useBias,
        Initializer? kernelInitializer,
        Initializer? biasInitializer,
        Regularizer? kernelRegularizer,
        Regularizer? biasRegularizer,
        Constraint? kernelConstraint,
        Constraint? biasConstraint,
        string? name)
        : base(name)
    {
        this.rank = rank;
        Filters = filters;
        Groups = groups;
        if (groups <= 0 || filters <= 0 || filters % groups != 0) throw new TapestryException(Name, "filters and groups do not fit", $"{filters} filters, {groups} groups", "positive numbers, the first a multiple of the second");
        KernelSize = kernelSize.For(Name, nameof(kernelSize), rank);
        Strides = (strides ?? 1).For(Name, nameof(strides), rank);
        DilationRate = (dilationRate ?? 1).For(Name, nameof(dilationRate), rank);
        if (Strides.Any(step => step > 1) && DilationRate.Any(step => step > 1)) throw new TapestryException(Name, "strides and dilationRate are both above 1", expected: "one of them 1");
        Padding = Sizes.Padding(Name, padding, causal: rank == 1);
        DataFormat = Sizes.Format(Name, dataFormat);
        Activation = activation ?? "linear";
        UseBias = useBias;
        KernelInitializer = kernelInitializer ?? "glorot_uniform";
        BiasInitializer = biasInitializer ?? "zeros";
        KernelRegularizer = kernelRegularizer;
        BiasRegularizer = biasRegularizer;
        KernelConstraint = kernelConstraint;
        BiasConstraint = biasConstraint;
        InputSpec = new InputSpec(minNdim: rank + 2);
    }

    /// <summary>The number of output channels.</summary>
    public int Filters { get; }

    /// <summary>The size of the window, per spatial dimension.</summary>
    public IReadOnlyList<int> KernelSize { get; }

    /// <summary>The step of the window; 1 by default.</summary>
    public IReadOnlyList<int> Strides { get; }

    /// <summary><c>"valid"</c> or <c>"same"</c>; in one dimension also <c>"causal"</c>.</summary>
    public string Padding { get; }

    /// <summary><c>"channels_last"</c>, the default, or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    /// <summary>The distance of the elements of the kernel; 1 by default.</summary>
    public IReadOnlyList<int> DilationRate { get; }

    /// <summary>The number of groups of channels, each convolved with its own filters.</summary>
    public int Groups { get; }

    /// <summary>The function at the end; none by default.</summary>
    public ActivationFunction Activation { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>Gives the first kernel; <c>"glorot_uniform"</c> by default.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>Gives the first bias; <c>"zeros"</c> by default.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>A penalty on the kernel, or null.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>A penalty on the bias, or null.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>What is done to the kernel after each step of the optimizer, or null.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>What is done to the bias after each step of the optimizer, or null.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>The kernel.</summary>
    /// <exception cref="TapestryException">The layer is not built yet.</exception>
    public Variable Kernel { get => field ?? throw NotBuilt(nameof(Kernel)); private set; }

    /// <summary>The bias; null before the layer is built, and without one.</summary>
    public Variable? Bias { get; private set; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig()
    {
        // Keras writes this one even when there is none.
        var config = new Dictionary<string, object?>(base.GetConfig());
        config.TryAdd("activity_regularizer", null);
        return config;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        var axis = DataFormat == "channels_first" ? 1 : -1;
        var channels = inputShape[axis == 1 ? 1 : ^1];
        if (channels % Groups != 0) throw new TapestryException(Name, "the channels are no multiple of the groups", $"{channels} channels, {Groups} groups");
        Kernel = AddWeight("kernel", [.. KernelSize, channels / Groups, Filters], KernelInitializer, KernelRegularizer, KernelConstraint);
        if (UseBias) Bias = AddWeight("bias", [Filters], BiasInitializer, BiasRegularizer, BiasConstraint);
        InputSpec = new InputSpec(minNdim: rank + 2, axes: new Dictionary<int, int> { [axis] = channels });
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        var y = Ops.Conv(x, Kernel, KernelSpan(Strides), Padding, DataFormat, KernelSpan(DilationRate));
        if (Bias is not null) y += DataFormat == "channels_first" ? Ops.Reshape(Bias, [1, Filters, .. Enumerable.Repeat(1, rank)]) : Bias;
        return Activation.Apply(y);
    }

    static int[] KernelSpan(IReadOnlyList<int> sizes) => [.. sizes];
}
