namespace Tapestry.Keras.Layers;

/// <summary>Applies a function to each element. Source: <c>keras.layers.Activation</c>.</summary>
public sealed class Activation : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="activation">The function, or its name.</param>
    /// <param name="name">The name.</param>
    public Activation(ActivationFunction activation, string? name = null)
        : base(name)
    {
        Function = activation;
    }

    /// <summary>The function.</summary>
    public ActivationFunction Function { get; }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> GetConfig() => new Dictionary<string, object?>(LayerConfig.Common(this)) { ["activation"] = Function.ToConfig() };

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Function.Apply(x);
}
