namespace Tapestry.Keras.Layers;

/// <summary>Gives each sample another shape. Source: <c>keras.layers.Reshape</c>.</summary>
public sealed class Reshape : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="targetShape">The shape of a sample, without the batch; one dimension may be -1 (or null) and follows from the others.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">More than one dimension is -1.</exception>
    public Reshape(Shape targetShape, string? name = null)
        : base(name)
    {
        if (targetShape.Dimensions.Count(Shape.Unknown) > 1) throw new TapestryException(Name, "more than one dimension is to be found", targetShape.ToString(), "at most one -1");
        TargetShape = targetShape;
    }

    /// <summary>The shape of a sample.</summary>
    public Shape TargetShape { get; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => new Dictionary<string, object?>(LayerConfig.Common(this))
    {
        ["target_shape"] = TargetShape.Select(dimension => (object?)(long)(dimension ?? Shape.Unknown)).ToList(),
    };

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.ReshapeEntries(x, TargetShape);
}
