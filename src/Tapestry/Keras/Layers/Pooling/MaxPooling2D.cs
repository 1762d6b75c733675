namespace Tapestry.Keras.Layers;

/// <summary>The greatest element of each window, over 2 spatial dimensions. Source: <c>keras.layers.MaxPooling2D</c>.</summary>
public sealed class MaxPooling2D : BasePooling
{
    /// <summary>Creates the layer.</summary>
    /// <param name="poolSize">The size of the window, per spatial dimension. 2 by default.</param>
    /// <param name="strides">The step of the window; the size of the window by default.</param>
    /// <param name="padding"><c>"valid"</c> or <c>"same"</c>.</param>
    /// <param name="dataFormat"><c>"channels_last"</c>, the default, or <c>"channels_first"</c>.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">An argument does not fit.</exception>
    public MaxPooling2D(Sizes? poolSize = null, Sizes? strides = null, string padding = "valid", string? dataFormat = null, string? name = null)
        : base(2, isMax: true, poolSize, strides, padding, dataFormat, name)
    {
    }
}
