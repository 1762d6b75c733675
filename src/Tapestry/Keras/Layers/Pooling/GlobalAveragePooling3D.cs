namespace Tapestry.Keras.Layers;

/// <summary>The mean of each channel over all positions. Source: <c>keras.layers.GlobalAveragePooling3D</c>.</summary>
public sealed class GlobalAveragePooling3D : GlobalPooling
{
    /// <summary>Creates the layer.</summary>
    /// <param name="dataFormat"><c>"channels_last"</c>, the default, or <c>"channels_first"</c>.</param>
    /// <param name="keepdims">Whether the spatial dimensions stay, with size 1.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">An argument does not fit.</exception>
    public GlobalAveragePooling3D(string? dataFormat = null, bool keepdims = false, string? name = null)
        : base(3, dataFormat, keepdims, name)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Mean(x, Axes, Keepdims);
}
