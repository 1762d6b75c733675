namespace Tapestry.Keras;

/// <summary>What the input of a layer has to be like. What is left out may be anything.</summary>
/// <param name="shape">The dimensions, with null where any size will do.</param>
/// <param name="ndim">The number of dimensions.</param>
/// <param name="minNdim">The smallest number of dimensions.</param>
/// <param name="maxNdim">The largest number of dimensions.</param>
/// <param name="axes">Sizes of single axes; a negative axis counts from the end.</param>
/// <param name="dtype">The dtype.</param>
/// <remarks>Source: <c>keras.layers.InputSpec</c>.</remarks>
public sealed class InputSpec(Shape? shape = null, int? ndim = null, int? minNdim = null, int? maxNdim = null, IReadOnlyDictionary<int, int>? axes = null, DType? dtype = null)
{
    /// <summary>The dimensions.</summary>
    public Shape? Shape => shape;

    /// <summary>The number of dimensions.</summary>
    public int? Ndim => ndim ?? shape?.Rank;

    /// <summary>The smallest number of dimensions.</summary>
    public int? MinNdim => minNdim;

    /// <summary>The largest number of dimensions.</summary>
    public int? MaxNdim => maxNdim;

    /// <summary>Sizes of single axes.</summary>
    public IReadOnlyDictionary<int, int>? Axes => axes;

    /// <summary>The dtype.</summary>
    public DType? DType => dtype;

    /// <summary>Refuses a tensor that does not fit.</summary>
    /// <param name="layer">The name of the layer that receives it.</param>
    /// <param name="x">The tensor.</param>
    /// <exception cref="TapestryException">The tensor does not fit.</exception>
    public void Check(string layer, Tensor x)
    {
        var received = x.Shape;
        if (Ndim is { } rank && received.Rank != rank) throw Refused(layer, x, $"{rank} dimensions");
        if (received.Rank < minNdim) throw Refused(layer, x, $"at least {minNdim} dimensions");
        if (received.Rank > maxNdim) throw Refused(layer, x, $"at most {maxNdim} dimensions");
        if (dtype is not null && x.DType != dtype) throw Refused(layer, x, dtype.Name);
        if (shape is not null && !shape.IsCompatibleWith(received)) throw Refused(layer, x, $"the shape {shape}");
        if (axes is null) return;
        foreach (var (axis, size) in axes)
        {
            if (axis >= received.Rank || axis < -received.Rank || (received[axis] != size && received[axis] != Tapestry.Shape.Unknown)) throw Refused(layer, x, $"{size} along axis {axis}");
        }
    }

    static TapestryException Refused(string layer, Tensor x, string expected) => new(layer, "the input is incompatible with the layer", x.Spec.ToString(), expected, "Reshape the input, or make a new layer for inputs of this kind.");
}
