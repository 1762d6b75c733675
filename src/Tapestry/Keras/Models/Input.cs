using Tapestry.Keras.Layers;

namespace Tapestry.Keras;

/// <summary>An input of a functional model: a symbolic tensor on which layers, operations and operators may be used.</summary>
/// <remarks>
/// Source: <c>keras.Input</c>; as there the shape leaves out the batch, which may be of any size unless it is given.
/// <code>
/// var x = new Input([5], name: "features");
/// var model = new Model(x, new Dense(1).Apply(x));
/// </code>
/// </remarks>
public sealed class Input : Tensor
{
    /// <summary>Creates an input.</summary>
    /// <param name="shape">The shape without the batch: <c>[28, 28, 1]</c>; null for a dimension that may be of any size.</param>
    /// <param name="batchSize">The size of the batch, or null for any.</param>
    /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default. What is fed is converted to it.</param>
    /// <param name="batchShape">The shape with the batch, instead of <paramref name="shape"/>: <c>[null, 28, 28, 1]</c>.</param>
    /// <param name="optional">Whether null may be fed.</param>
    /// <param name="name">The name, by which dictionaries feed the input.</param>
    /// <exception cref="TapestryException">Neither or both shapes are given.</exception>
    public Input(Shape? shape = null, int? batchSize = null, DType? dtype = null, Shape? batchShape = null, bool optional = false, string? name = null)
        : this(InputLayer.Unconnected(shape, batchSize, dtype, batchShape, optional, name))
    {
    }

    Input(InputLayer layer)
        : base(layer.Spec, new NodeOutput(layer.NewNode(), 0, layer.GivenName))
    {
        Layer = layer;
        layer.Complete(this);
    }

    /// <summary>The name.</summary>
    public string Name => Layer.Name;

    /// <summary>The layer that stands for this input in a model.</summary>
    internal InputLayer Layer { get; }

    /// <summary>The layer that stands for the input, for <see cref="Sequential"/>.</summary>
    public static implicit operator Layer(Input input) => input.Layer;

    /// <summary>The input of a layer made for it.</summary>
    internal static Input Of(InputLayer layer) => new(layer);
}
