namespace Tapestry.Keras.Layers;

/// <summary>x · scale + offset: brings pictures from 0…255 to 0…1, for example. Source: <c>keras.layers.Rescaling</c>.</summary>
public sealed class Rescaling : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="scale">The factor, one or for each channel.</param>
    /// <param name="offset">What is added, one or for each channel.</param>
    /// <param name="name">The name.</param>
    public Rescaling(ChannelValues scale, ChannelValues offset = default, string? name = null)
        : base(name)
    {
        Scale = scale;
        Offset = offset;
    }

    /// <summary>The factor.</summary>
    public ChannelValues Scale { get; }

    /// <summary>What is added.</summary>
    public ChannelValues Offset { get; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => new Dictionary<string, object?>(LayerConfig.Common(this)) { ["scale"] = Scale.ToConfig(), ["offset"] = Offset.ToConfig() };

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Cast(x, DType) * Scale.ToTensor(DType) + Offset.ToTensor(DType);
}
