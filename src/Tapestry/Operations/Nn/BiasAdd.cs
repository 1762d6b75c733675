namespace Tapestry;

/// <summary>Adds a bias to every channel.</summary>
public static class BiasAddEntry
{
    extension(Ops)
    {
        /// <summary>value + bias, where the bias has one number per channel. Source: <c>tf.nn.bias_add</c>.</summary>
        /// <param name="value">A tensor [batch, …, channels].</param>
        /// <param name="bias">A tensor [channels].</param>
        /// <param name="dataFormat">"channels_last" (the default) or "channels_first" for [batch, channels, …].</param>
        /// <exception cref="TapestryException">The bias is no vector, or has another number of channels.</exception>
        public static Tensor BiasAdd(Tensor value, Tensor bias, string? dataFormat = null)
        {
            ArgumentNullException.ThrowIfNull(value);
            ArgumentNullException.ThrowIfNull(bias);
            var first = ChannelLayout.IsChannelsFirst("BiasAdd", dataFormat) && value.Rank > 2;
            var channels = value.Rank < 2 ? 0 : value.Shape[first ? 1 : ^1];
            if (value.Rank < 2 || bias.Rank != 1 || (channels != bias.Shape[0] && channels != Shape.Unknown && bias.Shape[0] != Shape.Unknown))
            {
                throw new TapestryException("BiasAdd", "the bias does not fit", $"value {value.Spec}, bias {bias.Spec}", value.Rank < 2 ? "a value [batch, …, channels]" : $"a bias [{channels}]");
            }

            if (!first) return value + bias;
            var dimensions = new int[value.Rank - 1];
            dimensions.AsSpan().Fill(1);
            dimensions[0] = bias.Shape[0];
            return value + Ops.Reshape(bias, dimensions);
        }
    }
}
