namespace Tapestry;

/// <summary>Offers <see cref="ConvolutionTransposeOp"/> to users.</summary>
public static class ConvolutionTransposeEntry
{
    extension(Ops)
    {
        /// <summary>
        /// A transposed convolution, which leads from the shape of a convolution's output back to that of its input. Each spatial dimension of the result
        /// has (n − 1)·stride + k + outputPadding elements with padding "valid", where k = (taps − 1)·dilation + 1, and n·stride
        /// (or, given an output padding, (n − 1)·stride + k mod 2 + outputPadding) with "same". Source: <c>keras.ops.conv_transpose</c>.
        /// </summary>
        /// <param name="inputs">A tensor [batch, spatial…, channels].</param>
        /// <param name="kernel">A tensor [spatial…, filters, channels].</param>
        /// <param name="strides">One number, or one per spatial dimension; 1 by default.</param>
        /// <param name="padding">"valid" or "same".</param>
        /// <param name="outputPadding">One number, or one per spatial dimension; by default max(k, stride) − k with "valid", and what makes n·stride with "same".</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first".</param>
        /// <param name="dilationRate">One number, or one per spatial dimension; 1 by default.</param>
        /// <exception cref="TapestryException">Shapes or arguments do not fit.</exception>
        public static Tensor ConvTranspose(
            Tensor inputs, Tensor kernel, ReadOnlySpan<int> strides = default, string padding = "valid", ReadOnlySpan<int> outputPadding = default, string? dataFormat = null,
            ReadOnlySpan<int> dilationRate = default) => Apply("ConvTranspose", inputs, kernel, strides, padding, default, outputPadding, default, dataFormat, dilationRate);

        /// <summary>A transposed convolution to an output of given spatial dimensions. Source: <c>tf.nn.conv_transpose</c>.</summary>
        /// <param name="input">A tensor [batch, spatial…, channels].</param>
        /// <param name="filters">A tensor [spatial…, filters, channels].</param>
        /// <param name="outputSizes">The spatial dimensions of the result.</param>
        /// <param name="strides">One number, or one per spatial dimension; 1 by default.</param>
        /// <param name="padding">"valid" or "same".</param>
        /// <param name="pads">Elements of padding before and behind each spatial dimension, in place of <paramref name="padding"/>.</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first"; TensorFlow's names too.</param>
        /// <param name="dilations">One number, or one per spatial dimension; 1 by default.</param>
        /// <exception cref="TapestryException">Shapes or arguments do not fit.</exception>
        public static Tensor ConvolutionTranspose(
            Tensor input, Tensor filters, ReadOnlySpan<int> outputSizes, ReadOnlySpan<int> strides = default, string padding = "same", ReadOnlySpan<(int Before, int After)> pads = default,
            string? dataFormat = null, ReadOnlySpan<int> dilations = default) =>
            Apply("ConvolutionTranspose", input, filters, strides, padding, pads, default, outputSizes, dataFormat, dilations);
    }

    static Tensor Apply(
        string subject, Tensor input, Tensor filter, ReadOnlySpan<int> strides, string padding, ReadOnlySpan<(int Before, int After)> pads, ReadOnlySpan<int> outputPadding,
        ReadOnlySpan<int> outputSizes, string? dataFormat, ReadOnlySpan<int> dilations)
    {
        Promotion.UnifyFloating(ref input, ref filter, subject);
        if (input.Rank < 3 || filter.Rank != input.Rank) throw new TapestryException(subject, "the ranks do not fit", $"input {input.Spec}, filter {filter.Spec}", "an input [batch, spatial…, channels] and a filter [spatial…, filters, channels]");
        if (padding is "causal") throw new TapestryException(subject, "causal padding is not defined for it", expected: "\"valid\" or \"same\"");
        var window = WindowArguments.Read(subject, filter.Shape.Dimensions[..^2], strides, padding, pads, dilations);
        ValueList<int> extra = outputPadding.IsEmpty ? [] : WindowArguments.PerDimension(subject, "outputPadding", outputPadding, window.Rank);
        ValueList<int> sizes = outputSizes.IsEmpty ? [] : WindowArguments.PerDimension(subject, "outputSizes", outputSizes, window.Rank);
        var first = ChannelLayout.IsChannelsFirst(subject, dataFormat);
        var dtype = input.DType;
        if (first) input = ChannelLayout.ToLast(input);
        var output = new ConvolutionTransposeOp(window, extra, sizes).Apply(SinglePrecision.Widen(input), SinglePrecision.Widen(filter));
        return SinglePrecision.Narrow(first ? ChannelLayout.ToFirst(output) : output, dtype);
    }
}
