namespace Tapestry;

/// <summary>Offers convolutions to users.</summary>
public static class ConvolutionEntry
{
    extension(Ops)
    {
        /// <summary>
        /// A convolution of one to three spatial dimensions: output[b, o, f] = Σ over taps t and channels c of input[b, o·stride + t·dilation − pad, c] · kernel[t, c, f].
        /// When the input has more channels than the kernel, both fall into groups that do not mix. Source: <c>keras.ops.conv</c>.
        /// </summary>
        /// <param name="inputs">A tensor [batch, spatial…, channels].</param>
        /// <param name="kernel">A tensor [spatial…, channels / groups, filters].</param>
        /// <param name="strides">One number, or one per spatial dimension; 1 by default.</param>
        /// <param name="padding">"valid", "same" or (in one dimension) "causal".</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first".</param>
        /// <param name="dilationRate">One number, or one per spatial dimension; 1 by default.</param>
        /// <exception cref="TapestryException">Shapes or arguments do not fit, or strides and dilations are both above 1.</exception>
        public static Tensor Conv(
            Tensor inputs, Tensor kernel, ReadOnlySpan<int> strides = default, string padding = "valid", string? dataFormat = null, ReadOnlySpan<int> dilationRate = default)
        {
            if (strides.ContainsAnyExcept(1) && dilationRate.ContainsAnyExcept(1))
            {
                throw new TapestryException("Conv", "strides and dilations are both above 1", expected: "one of them 1", remedy: "Use Ops.Convolution, which has no such rule.");
            }

            return Convolve("Conv", inputs, kernel, strides, padding, default, dataFormat, dilationRate);
        }

        /// <summary>A convolution of one to three spatial dimensions, with explicit padding where wanted. Source: <c>tf.nn.convolution</c>.</summary>
        /// <param name="input">A tensor [batch, spatial…, channels].</param>
        /// <param name="filters">A tensor [spatial…, channels / groups, filters].</param>
        /// <param name="strides">One number, or one per spatial dimension; 1 by default.</param>
        /// <param name="padding">"valid", "same" or (in one dimension) "causal".</param>
        /// <param name="pads">Elements of padding before and behind each spatial dimension, in place of <paramref name="padding"/>.</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first"; TensorFlow's names (NHWC, NCHW …) too.</param>
        /// <param name="dilations">One number, or one per spatial dimension; 1 by default.</param>
        /// <exception cref="TapestryException">Shapes or arguments do not fit.</exception>
        public static Tensor Convolution(
            Tensor input, Tensor filters, ReadOnlySpan<int> strides = default, string padding = "valid", ReadOnlySpan<(int Before, int After)> pads = default, string? dataFormat = null,
            ReadOnlySpan<int> dilations = default) => Convolve("Convolution", input, filters, strides, padding, pads, dataFormat, dilations);

        /// <summary>A convolution of sequences [batch, steps, channels]. Source: <c>tf.nn.conv1d</c>. Arguments as for <c>Ops.Convolution</c>.</summary>
        /// <param name="input">A tensor of rank 3.</param>
        /// <param name="filters">A tensor [taps, channels / groups, filters].</param>
        /// <param name="strides">The stride; 1 by default.</param>
        /// <param name="padding">"valid", "same" or "causal".</param>
        /// <param name="pads">Explicit padding, in place of <paramref name="padding"/>.</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first".</param>
        /// <param name="dilations">The dilation; 1 by default.</param>
        /// <exception cref="TapestryException">Shapes or arguments do not fit.</exception>
        public static Tensor Conv1D(
            Tensor input, Tensor filters, ReadOnlySpan<int> strides = default, string padding = "valid", ReadOnlySpan<(int Before, int After)> pads = default, string? dataFormat = null,
            ReadOnlySpan<int> dilations = default) => Convolve("Conv1D", RequireRank("Conv1D", input, 3), filters, strides, padding, pads, dataFormat, dilations);

        /// <summary>A convolution of pictures [batch, height, width, channels]. Source: <c>tf.nn.conv2d</c>. Arguments as for <c>Ops.Convolution</c>.</summary>
        /// <param name="input">A tensor of rank 4.</param>
        /// <param name="filters">A tensor [height, width, channels / groups, filters].</param>
        /// <param name="strides">One number or two; 1 by default.</param>
        /// <param name="padding">"valid" or "same".</param>
        /// <param name="pads">Explicit padding, in place of <paramref name="padding"/>.</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first".</param>
        /// <param name="dilations">One number or two; 1 by default.</param>
        /// <exception cref="TapestryException">Shapes or arguments do not fit.</exception>
        public static Tensor Conv2D(
            Tensor input, Tensor filters, ReadOnlySpan<int> strides = default, string padding = "valid", ReadOnlySpan<(int Before, int After)> pads = default, string? dataFormat = null,
            ReadOnlySpan<int> dilations = default) => Convolve("Conv2D", RequireRank("Conv2D", input, 4), filters, strides, padding, pads, dataFormat, dilations);

        /// <summary>A convolution of volumes [batch, depth, height, width, channels]. Source: <c>tf.nn.conv3d</c>. Arguments as for <c>Ops.Convolution</c>.</summary>
        /// <param name="input">A tensor of rank 5.</param>
        /// <param name="filters">A tensor [depth, height, width, channels / groups, filters].</param>
        /// <param name="strides">One number or three; 1 by default.</param>
        /// <param name="padding">"valid" or "same".</param>
        /// <param name="pads">Explicit padding, in place of <paramref name="padding"/>.</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first".</param>
        /// <param name="dilations">One number or three; 1 by default.</param>
        /// <exception cref="TapestryException">Shapes or arguments do not fit.</exception>
        public static Tensor Conv3D(
            Tensor input, Tensor filters, ReadOnlySpan<int> strides = default, string padding = "valid", ReadOnlySpan<(int Before, int After)> pads = default, string? dataFormat = null,
            ReadOnlySpan<int> dilations = default) => Convolve("Conv3D", RequireRank("Conv3D", input, 5), filters, strides, padding, pads, dataFormat, dilations);

        /// <summary>
        /// A convolution of every channel by itself; each gives <c>kernel.Shape[-1]</c> channels of the result, side by side. Source: <c>keras.ops.depthwise_conv</c>.
        /// </summary>
        /// <param name="inputs">A tensor [batch, spatial…, channels].</param>
        /// <param name="kernel">A tensor [spatial…, channels, multiplier].</param>
        /// <param name="strides">One number, or one per spatial dimension; 1 by default.</param>
        /// <param name="padding">"valid" or "same".</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first".</param>
        /// <param name="dilationRate">One number, or one per spatial dimension; 1 by default.</param>
        /// <exception cref="TapestryException">Shapes or arguments do not fit.</exception>
        public static Tensor DepthwiseConv(
            Tensor inputs, Tensor kernel, ReadOnlySpan<int> strides = default, string padding = "valid", string? dataFormat = null, ReadOnlySpan<int> dilationRate = default)
        {
            ArgumentNullException.ThrowIfNull(inputs);
            ArgumentNullException.ThrowIfNull(kernel);
            if (inputs.Rank < 3 || kernel.Rank != inputs.Rank) throw new TapestryException("DepthwiseConv", "the ranks do not fit", $"inputs {inputs.Spec}, kernel {kernel.Spec}", "inputs [batch, spatial…, channels] and a kernel [spatial…, channels, multiplier]");
            var channels = inputs.Shape[ChannelLayout.IsChannelsFirst("DepthwiseConv", dataFormat) ? 1 : ^1];
            if (channels != kernel.Shape[^2] && channels != Shape.Unknown) throw new TapestryException("DepthwiseConv", "the kernel has another number of channels", $"inputs {inputs.Spec}, kernel {kernel.Spec}", $"a kernel [spatial…, {channels}, multiplier]");
            // The filters of one channel lie side by side, so that merging the last dimensions makes them a group of their own.
            var grouped = Ops.Reshape(kernel, new Shape([.. kernel.Shape.Dimensions[..^2], 1, kernel.Shape[^2] * kernel.Shape[^1]]));
            return Convolve("DepthwiseConv", inputs, grouped, strides, padding, default, dataFormat, dilationRate);
        }

        /// <summary>A depthwise convolution and then one with taps of size 1, which mixes the channels. Source: <c>keras.ops.separable_conv</c>.</summary>
        /// <param name="inputs">A tensor [batch, spatial…, channels].</param>
        /// <param name="depthwiseKernel">A tensor [spatial…, channels, multiplier].</param>
        /// <param name="pointwiseKernel">A tensor [1…, channels · multiplier, filters].</param>
        /// <param name="strides">Of the depthwise part: one number, or one per spatial dimension; 1 by default.</param>
        /// <param name="padding">"valid" or "same".</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first".</param>
        /// <param name="dilationRate">Of the depthwise part: one number, or one per spatial dimension; 1 by default.</param>
        /// <exception cref="TapestryException">Shapes or arguments do not fit.</exception>
        public static Tensor SeparableConv(
            Tensor inputs, Tensor depthwiseKernel, Tensor pointwiseKernel, ReadOnlySpan<int> strides = default, string padding = "valid", string? dataFormat = null,
            ReadOnlySpan<int> dilationRate = default)
        {
            var depthwise = Ops.DepthwiseConv(inputs, depthwiseKernel, strides, padding, dataFormat, dilationRate);
            return Convolve("SeparableConv", depthwise, pointwiseKernel, default, "valid", default, dataFormat, default);
        }
    }

    static Tensor RequireRank(string subject, Tensor input, int rank)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == rank ? input : throw new TapestryException(subject, $"an input of rank {input.Rank}", input.Spec.ToString(), $"rank {rank}: batch, {rank - 2} spatial dimension{(rank == 3 ? "" : "s")} and channels", "Add missing dimensions of length 1 with Ops.ExpandDims.");
    }

    static Tensor Convolve(
        string subject, Tensor input, Tensor filter, ReadOnlySpan<int> strides, string padding, ReadOnlySpan<(int Before, int After)> pads, string? dataFormat, ReadOnlySpan<int> dilations)
    {
        Promotion.UnifyFloating(ref input, ref filter, subject);
        if (input.Rank < 3 || filter.Rank != input.Rank) throw new TapestryException(subject, "the ranks do not fit", $"input {input.Spec}, filter {filter.Spec}", "an input [batch, spatial…, channels] and a filter [spatial…, channels / groups, filters]");
        var window = WindowArguments.Read(subject, filter.Shape.Dimensions[..^2], strides, padding, pads, dilations);
        var first = ChannelLayout.IsChannelsFirst(subject, dataFormat);
        var dtype = input.DType;
        if (first) input = ChannelLayout.ToLast(input);
        var output = new ConvolutionOp(window).Apply(SinglePrecision.Widen(input), SinglePrecision.Widen(filter));
        return SinglePrecision.Narrow(first ? ChannelLayout.ToFirst(output) : output, dtype);
    }
}
