namespace Tapestry.Keras.Layers;

/// <summary>Activation(x · kernel + bias) along the last axis: (…, n) becomes (…, units).</summary>
/// <remarks>
/// Weights: <c>kernel</c> (n, units) and, unless turned off, <c>bias</c> (units); with a low-rank adaptation the kernel is frozen, and <c>lora_kernel_a</c> (n, loraRank) and
/// <c>lora_kernel_b</c> (loraRank, units) are trained: x · (kernel + a · b) + bias. Source: <c>keras.layers.Dense</c>; https://arxiv.org/abs/2106.09685.
/// <code>
/// var y = new Dense(10).Apply(Ops.Ones([32, 784]));
/// Console.WriteLine(y.Shape);   // (32, 10)
/// </code>
/// </remarks>
/// <param name="units">The size of the output's last axis.</param>
/// <param name="activation">The function at the end; none by default.</param>
/// <param name="useBias">Whether a bias is added.</param>
/// <param name="kernelInitializer">Gives the first kernel; <c>"glorot_uniform"</c> by default.</param>
/// <param name="biasInitializer">Gives the first bias; <c>"zeros"</c> by default.</param>
/// <param name="kernelRegularizer">A penalty on the kernel.</param>
/// <param name="biasRegularizer">A penalty on the bias.</param>
/// <param name="kernelConstraint">What is done to the kernel after each step of the optimizer.</param>
/// <param name="biasConstraint">What is done to the bias after each step of the optimizer.</param>
/// <param name="loraRank">The rank of a low-rank adaptation; none by default.</param>
/// <param name="loraAlpha">Kept for configurations: Keras 3.15 puts loraRank in its place when the layer is built, and so the adaptation has the factor 1; another value is met with a warning.</param>
/// <param name="name">The name.</param>
public sealed class Dense(
    int units,
    ActivationFunction? activation = null,
    bool useBias = true,
    Initializer? kernelInitializer = null,
    Initializer? biasInitializer = null,
    Regularizer? kernelRegularizer = null,
    Regularizer? biasRegularizer = null,
    Constraint? kernelConstraint = null,
    Constraint? biasConstraint = null,
    int? loraRank = null,
    int? loraAlpha = null,
    string? name = null) : Layer(name)
{
    /// <summary>The size of the output's last axis.</summary>
    public int Units { get; } = units > 0 ? units : throw new TapestryException("Dense", "units is not positive", $"{units}", "1 or more");

    /// <summary>The function at the end.</summary>
    public ActivationFunction Activation { get; } = activation ?? "linear";

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; } = useBias;

    /// <summary>Gives the first kernel.</summary>
    public Initializer KernelInitializer { get; } = kernelInitializer ?? "glorot_uniform";

    /// <summary>Gives the first bias.</summary>
    public Initializer BiasInitializer { get; } = biasInitializer ?? "zeros";

    /// <summary>A penalty on the kernel, or null.</summary>
    public Regularizer? KernelRegularizer { get; } = kernelRegularizer;

    /// <summary>A penalty on the bias, or null.</summary>
    public Regularizer? BiasRegularizer { get; } = biasRegularizer;

    /// <summary>What is done to the kernel after each step of the optimizer, or null.</summary>
    public Constraint? KernelConstraint { get; } = kernelConstraint;

    /// <summary>What is done to the bias after each step of the optimizer, or null.</summary>
    public Constraint? BiasConstraint { get; } = biasConstraint;

    /// <summary>The rank of the low-rank adaptation, or null.</summary>
    public int? LoraRank { get; } = loraRank is null or > 0 ? loraRank : throw new TapestryException("Dense", "loraRank is not positive", $"{loraRank}", "1 or more");

    /// <summary>The factor of the adaptation times <see cref="LoraRank"/>, which it equals.</summary>
    public int? LoraAlpha { get; } = LowRank.Alpha("Dense", loraRank, loraAlpha);

    /// <summary>The kernel (n, units).</summary>
    /// <exception cref="TapestryException">The layer is not built yet.</exception>
    public Variable Kernel { get => field ?? throw NotBuilt(nameof(Kernel)); private set; }

    /// <summary>The bias (units); null before the layer is built, and without one.</summary>
    public Variable? Bias { get; private set; }

    /// <summary>The left factor of the adaptation; null before the layer is built, and without one.</summary>
    public Variable? LoraKernelA { get; private set; }

    /// <summary>The right factor of the adaptation; null before the layer is built, and without one.</summary>
    public Variable? LoraKernelB { get; private set; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig()
    {
        var config = new Dictionary<string, object?>(base.GetConfig()) { ["quantization_config"] = null };
        if (LoraRank is not null) return config;
        config.Remove("lora_rank");
        config.Remove("lora_alpha");
        return config;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        var inputs = inputShape[^1];
        Kernel = AddWeight("kernel", [inputs, Units], KernelInitializer, KernelRegularizer, KernelConstraint);
        if (UseBias) Bias = AddWeight("bias", [Units], BiasInitializer, BiasRegularizer, BiasConstraint);
        if (LoraRank is { } rank)
        {
            Kernel.Trainable = false;
            LoraKernelA = AddWeight("lora_kernel_a", [inputs, rank], "he_uniform", KernelRegularizer);
            LoraKernelB = AddWeight("lora_kernel_b", [rank, Units], "zeros", KernelRegularizer);
        }

        InputSpec = new InputSpec(minNdim: 2, axes: new Dictionary<int, int> { [-1] = inputs });
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        var y = Ops.MatMul(x, Kernel);
        if (LoraRank is not null) y += Ops.MatMul(Ops.MatMul(x, LoraKernelA!), LoraKernelB!);
        if (Bias is not null) y += Bias;
        return Activation.Apply(y);
    }
}
