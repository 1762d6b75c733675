namespace Tapestry.Keras.Layers;

/// <summary>A function of the program as a layer. It has no weights, and cannot be saved; a class of your own can. Source: <c>keras.layers.Lambda</c>.</summary>
public sealed class Lambda : Layer
{
    readonly Func<Nest, Nest> function;

    /// <summary>Creates the layer from a function of one tensor.</summary>
    /// <param name="function">The computation.</param>
    /// <param name="name">The name.</param>
    public Lambda(Func<Tensor, Tensor> function, string? name = null)
        : this(inputs => (Nest)function(inputs.Single()), name)
    {
    }

    /// <summary>Creates the layer from a function of several tensors, or one that gives several.</summary>
    /// <param name="function">The computation.</param>
    /// <param name="name">The name.</param>
    public Lambda(Func<Nest, Nest> function, string? name = null)
        : base(name)
    {
        this.function = function;
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => throw new TapestryException(Name, "a function of the program has no configuration", remedy: "Derive a class from Layer and override Call.");

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context) => function(inputs);
}
