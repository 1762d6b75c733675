namespace Tapestry.Keras.Layers;

/// <summary>What the layers that pool windows share.</summary>
public abstract class BasePooling : Layer
{
    readonly bool isMax;

    private protected BasePooling(int rank, bool isMax, Sizes? poolSize, Sizes? strides, string padding, string? dataFormat, string? name)
        : base(name)
    {
        this.isMax = isMax;
        PoolSize = (poolSize ?? 2).For(Name, nameof(poolSize), rank);
        Strides = strides is { } given ? given.For(Name, nameof(strides), rank) : PoolSize;
        Padding = padding.ToLowerInvariant();
        DataFormat = Sizes.Format(Name, dataFormat);
        InputSpec = new InputSpec(ndim: rank + 2);
    }

    /// <summary>The size of the window, per spatial dimension.</summary>
    public IReadOnlyList<int> PoolSize { get; }

    /// <summary>The step of the window; the size of the window by default.</summary>
    public IReadOnlyList<int> Strides { get; }

    /// <summary><c>"valid"</c> or <c>"same"</c>.</summary>
    public string Padding { get; }

    /// <summary><c>"channels_last"</c>, the default, or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => isMax
        ? Ops.MaxPool(x, PoolSize.ToArray(), Strides.ToArray(), Padding, DataFormat)
        : Ops.AveragePool(x, PoolSize.ToArray(), Strides.ToArray(), Padding, DataFormat);
}
