namespace Tapestry.Keras.Layers;

/// <summary>All elements of each sample in one row: (batch, a, b, …) becomes (batch, a·b·…). Source: <c>keras.layers.Flatten</c>.</summary>
public sealed class Flatten : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="dataFormat"><c>"channels_last"</c> or <c>"channels_first"</c>, whose channels go to the end first; the former by default.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="TapestryException">The format is neither of the two.</exception>
    public Flatten(string? dataFormat = null, string? name = null)
        : base(name)
    {
        if (dataFormat is not (null or "channels_last" or "channels_first")) throw new TapestryException(Name, "unknown dataFormat", $"\"{dataFormat}\"", "\"channels_last\" or \"channels_first\"");
        DataFormat = dataFormat ?? "channels_last";
        InputSpec = new InputSpec(minNdim: 1);
    }

    /// <summary>Where the channels of the input are.</summary>
    public string DataFormat { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (DataFormat == "channels_first" && x.Rank > 2) x = Ops.Einsum("nc...->n...c", x);
        return Ops.ReshapeEntries(x, [-1]);
    }
}
