namespace Tapestry.Keras.Layers;

/// <summary>The mean of each channel over all positions. Source: <c>keras.layers.GlobalAveragePooling1D</c>.</summary>
public sealed class GlobalAveragePooling1D : GlobalPooling
{
    /// <summary>Creates the layer.</summary>
    /// <param name="dataFormat"><c>"channels_last"</c>, the default, or <c>"channels_first"</c>.</param>
    /// <param name="keepdims">Whether the spatial dimensions stay, with size 1.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">An argument does not fit.</exception>
    public GlobalAveragePooling1D(string? dataFormat = null, bool keepdims = false, string? name = null)
        : base(1, dataFormat, keepdims, name)
    {
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected override Tensor? ComputeMask(Tensor x, Tensor? mask) => null;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        // As in Keras the mask counts for channels_last only.
        if (context.Mask is not { } mask || DataFormat == "channels_first") return Ops.Mean(x, Axes, Keepdims);
        var weights = Ops.ExpandDims(Ops.Cast(mask, x.DType), 2);
        return Ops.Sum(x * weights, Axes, Keepdims) / Ops.Sum(weights, Axes, Keepdims);
    }
}
