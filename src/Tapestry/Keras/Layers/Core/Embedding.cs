namespace Tapestry.Keras.Layers;

/// <summary>A row of a table for every whole number: (…) becomes (…, outputDim).</summary>
/// <remarks>
/// Weights: <c>embeddings</c> (inputDim, outputDim); with a low-rank adaptation it is frozen and <c>lora_embeddings_a</c> (inputDim, loraRank) and
/// <c>lora_embeddings_b</c> (loraRank, outputDim) are trained. Source: <c>keras.layers.Embedding</c>; https://arxiv.org/abs/2106.09685.
/// <code>
/// Tensor words = new[,] { { 3, 1, 0 } };
/// Console.WriteLine(new Embedding(1000, 64).Apply(words).Shape);   // (1, 3, 64)
/// </code>
/// </remarks>
/// <param name="inputDim">How many numbers there are: 0 … inputDim - 1.</param>
/// <param name="outputDim">The length of a row.</param>
/// <param name="embeddingsInitializer">Gives the first table; <c>"uniform"</c> by default.</param>
/// <param name="embeddingsRegularizer">A penalty on the table.</param>
/// <param name="embeddingsConstraint">What is done to the table after each step of the optimizer.</param>
/// <param name="maskZero">Whether the number 0 is padding, which later layers leave out.</param>
/// <param name="loraRank">The rank of a low-rank adaptation; none by default.</param>
/// <param name="loraAlpha">Kept for configurations: Keras 3.15 puts loraRank in its place when the layer is built, and so the adaptation has the factor 1; another value is met with a warning.</param>
/// <param name="name">The name.</param>
public sealed class Embedding(
    int inputDim,
    int outputDim,
    Initializer? embeddingsInitializer = null,
    Regularizer? embeddingsRegularizer = null,
    Constraint? embeddingsConstraint = null,
    bool maskZero = false,
    int? loraRank = null,
    int? loraAlpha = null,
    string? name = null) : Layer(name)
{
    /// <summary>How many numbers there are.</summary>
    public int InputDim { get; } = inputDim > 0 ? inputDim : throw new TapestryException("Embedding", "inputDim is not positive", $"{inputDim}", "1 or more");

    /// <summary>The length of a row.</summary>
    public int OutputDim { get; } = outputDim > 0 ? outputDim : throw new TapestryException("Embedding", "outputDim is not positive", $"{outputDim}", "1 or more");

    /// <summary>Gives the first table.</summary>
    public Initializer EmbeddingsInitializer { get; } = embeddingsInitializer ?? "uniform";

    /// <summary>A penalty on the table, or null.</summary>
    public Regularizer? EmbeddingsRegularizer { get; } = embeddingsRegularizer;

    /// <summary>What is done to the table after each step of the optimizer, or null.</summary>
    public Constraint? EmbeddingsConstraint { get; } = embeddingsConstraint;

    /// <summary>Whether the number 0 is padding.</summary>
    public bool MaskZero { get; } = maskZero;

    /// <summary>The rank of the low-rank adaptation, or null.</summary>
    public int? LoraRank { get; } = loraRank is null or > 0 ? loraRank : throw new TapestryException("Embedding", "loraRank is not positive", $"{loraRank}", "1 or more");

    /// <summary>The factor of the adaptation times <see cref="LoraRank"/>, which it equals.</summary>
    public int? LoraAlpha { get; } = LowRank.Alpha("Embedding", loraRank, loraAlpha);

    /// <summary>The table.</summary>
    /// <exception cref="TapestryException">The layer is not built yet.</exception>
    public Variable Embeddings { get => field ?? throw NotBuilt(nameof(Embeddings)); private set; }

    /// <summary>The left factor of the adaptation; null before the layer is built, and without one.</summary>
    public Variable? LoraEmbeddingsA { get; private set; }

    /// <summary>The right factor of the adaptation; null before the layer is built, and without one.</summary>
    public Variable? LoraEmbeddingsB { get; private set; }

    /// <inheritdoc/>
    public override bool SupportsMasking => MaskZero;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig()
    {
        // Keras writes these two even when there are none.
        var config = new Dictionary<string, object?>(base.GetConfig()) { ["quantization_config"] = null };
        config.TryAdd("activity_regularizer", null);
        if (LoraRank is not null) return config;
        config.Remove("lora_rank");
        config.Remove("lora_alpha");
        return config;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        Embeddings = AddWeight("embeddings", [InputDim, OutputDim], EmbeddingsInitializer, EmbeddingsRegularizer, EmbeddingsConstraint);
        if (LoraRank is not { } rank) return;
        Embeddings.Trainable = false;
        LoraEmbeddingsA = AddWeight("lora_embeddings_a", [InputDim, rank], "he_uniform", EmbeddingsRegularizer);
        LoraEmbeddingsB = AddWeight("lora_embeddings_b", [rank, OutputDim], "zeros", EmbeddingsRegularizer);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        var positions = x.DType.IsInteger ? x : Ops.Cast(x, DType.Int32);
        var y = Ops.Take(Embeddings, positions, 0);
        return LoraRank is null ? y : y + Ops.MatMul(Ops.Take(LoraEmbeddingsA!, positions, 0), LoraEmbeddingsB!);
    }

    /// <inheritdoc/>
    protected override Tensor? ComputeMask(Tensor x, Tensor? mask) => MaskZero ? Ops.NotEqual(x, 0) : null;
}
