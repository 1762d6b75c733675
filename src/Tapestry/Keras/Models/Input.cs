using Tapestry.Keras.Layers;

namespace Tapestry.Keras;

/// <summary>An input of a functional model: a symbolic tensor on which layers, operations and operators may be used.</summary>
/// <remarks>
/// Source: <c>keras.Input</c>; the shape here includes the batch, usually as null.
/// <code>
/// var x = new Input([null, 5], name: "features");
/// var model = new Model(x, new Dense(1).Apply(x));
/// </code>
/// </remarks>
public sealed class Input : Tensor
{
    /// <summary>Creates an input.</summary>
    /// <param name="shape">The shape with the batch: <c>[null, 28, 28, 1]</c>.</param>
    /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default. What is fed is converted to it.</param>
    /// <param name="name">The name, by which dictionaries feed the input.</param>
    public Input(Shape shape, DType? dtype = null, string? name = null)
        : this(new InputLayer(shape, dtype, name))
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
