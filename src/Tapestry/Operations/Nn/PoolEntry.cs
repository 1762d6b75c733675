namespace Tapestry;

/// <summary>Offers poolings to users.</summary>
public static class PoolEntry
{
    extension(Ops)
    {
        /// <summary>The greatest element of every window, channel by channel. Source: <c>keras.ops.max_pool</c>, <c>tf.nn.max_pool</c>.</summary>
        /// <param name="inputs">A floating-point tensor [batch, spatial…, channels] of one to three spatial dimensions.</param>
        /// <param name="poolSize">The size of the window: one number, or one per spatial dimension.</param>
        /// <param name="strides">One number, or one per spatial dimension; the size of the window by default.</param>
        /// <param name="padding">"valid" or "same".</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first".</param>
        /// <param name="pads">Elements of padding before and behind each spatial dimension, in place of <paramref name="padding"/>.</param>
        /// <param name="dilations">Elements between the taps of the window; 1 by default.</param>
        /// <exception cref="TapestryException">Shapes or arguments do not fit.</exception>
        public static Tensor MaxPool(
            Tensor inputs, ReadOnlySpan<int> poolSize, ReadOnlySpan<int> strides = default, string padding = "valid", string? dataFormat = null,
            ReadOnlySpan<(int Before, int After)> pads = default, ReadOnlySpan<int> dilations = default) =>
            Pool("MaxPool", isMax: true, inputs, poolSize, strides, padding, dataFormat, pads, dilations);

        /// <summary>The mean of every window, channel by channel; padding does not count. Source: <c>keras.ops.average_pool</c>, <c>tf.nn.avg_pool</c>.</summary>
        /// <param name="inputs">A floating-point tensor [batch, spatial…, channels] of one to three spatial dimensions.</param>
        /// <param name="poolSize">The size of the window: one number, or one per spatial dimension.</param>
        /// <param name="strides">One number, or one per spatial dimension; the size of the window by default.</param>
        /// <param name="padding">"valid" or "same".</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first".</param>
        /// <param name="pads">Elements of padding before and behind each spatial dimension, in place of <paramref name="padding"/>.</param>
        /// <param name="dilations">Elements between the taps of the window; 1 by default.</param>
        /// <exception cref="TapestryException">Shapes or arguments do not fit.</exception>
        public static Tensor AveragePool(
            Tensor inputs, ReadOnlySpan<int> poolSize, ReadOnlySpan<int> strides = default, string padding = "valid", string? dataFormat = null,
            ReadOnlySpan<(int Before, int After)> pads = default, ReadOnlySpan<int> dilations = default) =>
            Pool("AveragePool", isMax: false, inputs, poolSize, strides, padding, dataFormat, pads, dilations);
    }

    static Tensor Pool(
        string subject, bool isMax, Tensor inputs, ReadOnlySpan<int> poolSize, ReadOnlySpan<int> strides, string padding, string? dataFormat,
        ReadOnlySpan<(int Before, int After)> pads, ReadOnlySpan<int> dilations)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Rank < 3) throw new TapestryException(subject, $"an input of rank {inputs.Rank}", inputs.Spec.ToString(), "an input [batch, spatial…, channels]");
        if (padding is "causal") throw new TapestryException(subject, "causal padding is not defined for it", expected: "\"valid\" or \"same\"");
        var size = WindowArguments.PerDimension(subject, "poolSize", poolSize, inputs.Rank - 2);
        var window = WindowArguments.Read(subject, size.Span, strides.IsEmpty ? size.Span : strides, padding, pads, dilations);
        var (first, dtype) = (ChannelLayout.IsChannelsFirst(subject, dataFormat), inputs.DType);
        inputs = SinglePrecision.Widen(first ? ChannelLayout.ToLast(inputs) : inputs);
        var output = isMax ? new MaxPoolOp(size, window).Apply(inputs) : new AveragePoolOp(size, window).Apply(inputs);
        return SinglePrecision.Narrow(first ? ChannelLayout.ToFirst(output) : output, dtype);
    }
}
