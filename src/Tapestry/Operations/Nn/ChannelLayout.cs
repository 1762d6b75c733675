namespace Tapestry;

/// <summary>Moves the channels of a tensor to its end, where all kernels expect them, and back.</summary>
static class ChannelLayout
{
    /// <summary>Whether a data format has the channels behind the batch. None given means they come last.</summary>
    internal static bool IsChannelsFirst(string subject, string? dataFormat) => dataFormat switch
    {
        null or "channels_last" => false,
        "channels_first" => true,
        _ => dataFormat.Length > 2 && dataFormat[0] == 'N' && dataFormat[^1] == 'C' ? false
            : dataFormat.StartsWith("NC", StringComparison.Ordinal) ? true
            : throw new TapestryException(subject, "unknown data format", $"\"{dataFormat}\"", "\"channels_last\" or \"channels_first\""),
    };

    /// <summary>[batch, channels, spatial…] as [batch, spatial…, channels].</summary>
    internal static Tensor ToLast(Tensor x) => x.Rank < 3 ? x : Ops.MoveAxis(x, 1, -1);

    /// <summary>[batch, spatial…, channels] as [batch, channels, spatial…].</summary>
    internal static Tensor ToFirst(Tensor x) => x.Rank < 3 ? x : Ops.MoveAxis(x, -1, 1);

    /// <summary>Applies a function of a channels-last tensor to one of either format.</summary>
    internal static Tensor Apply(string subject, Tensor x, string? dataFormat, Func<Tensor, Tensor> function) =>
        IsChannelsFirst(subject, dataFormat) ? ToFirst(function(ToLast(x))) : function(x);
}
