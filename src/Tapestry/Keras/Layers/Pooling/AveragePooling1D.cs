namespace Tapestry.Keras.Layers;

/// <summary>The mean of each window, over 1 spatial dimension. Source: <c>keras.layers.AveragePooling1D</c>.</summary>
public sealed class AveragePooling1D : BasePooling
{
    /// <summary>Creates the layer.</summary>
    /// <param name="poolSize">The size of the window, per spatial dimension. 2 by default.</param>
    /// <param name="strides">The step of the window; the size of the window by default.</param>
    /// <param name="padding"><c>"valid"</c> or <c>"same"</c>.</param>
    /// <param name="dataFormat"><c>"channels_last"</c>, the default, or <c>"channels_first"</c>.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">An argument does not fit.</exception>
    public AveragePooling1D(Sizes? poolSize = null, Sizes? strides = null, string padding = "valid", string? dataFormat = null, string? name = null)
        : base(1, isMax: false, poolSize, strides, padding, dataFormat, name)
    {
    }
}
