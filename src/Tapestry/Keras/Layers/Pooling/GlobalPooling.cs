namespace Tapestry.Keras.Layers;

/// <summary>What the layers that pool all positions share.</summary>
public abstract class GlobalPooling : Layer
{
    private protected GlobalPooling(int rank, string? dataFormat, bool keepdims, string? name)
        : base(name)
    {
        DataFormat = Sizes.Format(Name, dataFormat);
        Keepdims = keepdims;
        Axes = [.. Enumerable.Range(DataFormat == "channels_first" ? 2 : 1, rank)];
        InputSpec = new InputSpec(ndim: rank + 2);
    }

    /// <summary><c>"channels_last"</c>, the default, or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    /// <summary>Whether the spatial dimensions stay, with size 1.</summary>
    public bool Keepdims { get; }

    private protected int[] Axes { get; }
}
