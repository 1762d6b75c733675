namespace Tapestry.Keras.Layers;

/// <summary>The place where data enters a functional or sequential model. <see cref="Keras.Input"/> makes one.</summary>
/// <remarks>Source: <c>keras.layers.InputLayer</c>.</remarks>
public sealed class InputLayer : Layer
{
    readonly Shape shape;

    /// <summary>Creates the layer, with its symbolic tensor as <see cref="Layer.Output"/>.</summary>
    /// <param name="shape">The shape without the batch.</param>
    /// <param name="batchSize">The size of the batch, or null for any.</param>
    /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default.</param>
    /// <param name="batchShape">The shape with the batch, instead of <paramref name="shape"/>.</param>
    /// <param name="optional">Whether null may be fed.</param>
    /// <param name="name">The name, by which dictionaries feed the input.</param>
    /// <exception cref="TapestryException">Neither or both shapes are given.</exception>
    public InputLayer(Shape? shape = null, int? batchSize = null, DType? dtype = null, Shape? batchShape = null, bool optional = false, string? name = null)
        : this(Whole(shape, batchSize, batchShape), dtype, optional, name) => Keras.Input.Of(this);

    InputLayer(Shape shape, DType? dtype, bool optional, string? name)
        : base(name)
    {
        Optional = optional;
        this.shape = shape;
        GivenName = name;
        DType = dtype ?? DType.DefaultFloat;
        SetBuilt(true);
    }

    /// <summary>The shape with the batch.</summary>
    public Shape BatchShape => shape;

    /// <summary>Whether null may be fed.</summary>
    public bool Optional { get; }

    /// <summary>The name that was asked for, if any.</summary>
    internal string? GivenName { get; }

    /// <summary>A layer whose symbolic tensor is still to be made.</summary>
    internal static InputLayer Unconnected(Shape? shape, int? batchSize, DType? dtype, Shape? batchShape, bool optional, string? name) => new(Whole(shape, batchSize, batchShape), dtype, optional, name);

    internal TensorSpec Spec => new(shape, DType);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => new Dictionary<string, object?>
    {
        ["batch_shape"] = shape.Select(dimension => (object?)(long?)dimension).ToList(),
        ["dtype"] = DType.Name,
        ["sparse"] = false,
        ["ragged"] = false,
        ["name"] = Name,
        ["optional"] = Optional,
    };

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x;

    internal CallNode NewNode() => new(this, Nest.List([]), null, null, null);

    internal void Complete(Input input) => Nodes[0].Complete((Tensor)input);

    static Shape Whole(Shape? shape, int? batchSize, Shape? batchShape)
    {
        if (shape is null && batchShape is null) throw new TapestryException("InputLayer", "no shape", expected: "shape or batchShape");
        if (batchShape is null) return Shape.Create([batchSize, .. shape!]);
        if (shape is not null) throw new TapestryException("InputLayer", "two shapes", $"shape {shape}, batchShape {batchShape}", "one of them");
        return batchSize is null ? batchShape : throw new TapestryException("InputLayer", "the size of the batch is given twice", $"batchSize {batchSize}, batchShape {batchShape}", "batchSize only beside shape");
    }
}
