using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>
/// Gives the first values of a weight. A string stands for an initializer with its defaults: <c>"glorot_uniform"</c>.
/// </summary>
/// <remarks>
/// To add one, derive from this class (or from <see cref="RandomInitializer"/>) and override <see cref="Apply"/>; it is found by its name and by that
/// name in snake_case. Source: <c>keras.initializers.Initializer</c>.
/// </remarks>
public abstract class Initializer : IConfigurable
{
    /// <summary>The initializer of a name, with its defaults.</summary>
    /// <exception cref="TapestryException">No initializer has this name, or it needs arguments.</exception>
    public static implicit operator Initializer(string name) => ObjectRegistry.Create<Initializer>(name);

    /// <summary>The values of a weight.</summary>
    /// <param name="shape">The shape, fully known.</param>
    /// <param name="dtype">The dtype; <see cref="DType.DefaultFloat"/> by default.</param>
    /// <returns>A tensor with values, even while a function is traced.</returns>
    /// <exception cref="TapestryException">The initializer has no values for this shape or dtype.</exception>
    public abstract Tensor Apply(Shape shape, DType? dtype = null);

    /// <summary>The arguments, in the form and under the names that Keras writes.</summary>
    public virtual IReadOnlyDictionary<string, object?> GetConfig() => ObjectConfig.Of(this);

    IReadOnlyDictionary<string, object?> IConfigurable.Serialize() => ObjectConfig.Serialize(this, GetConfig(), "keras.initializers");

    /// <summary>An error about the shape or dtype that was asked for.</summary>
    private protected TapestryException Refuse(string fault, Shape shape, DType? dtype, string expected) =>
        new(ObjectNames.Of(GetType()), fault, new TensorSpec(shape, dtype ?? DType.DefaultFloat).ToString(), expected);
}
