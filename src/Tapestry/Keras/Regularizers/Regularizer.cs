using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>
/// A penalty on the values of a weight that is added to the loss. A string stands for a regularizer with its defaults: <c>"l2"</c>.
/// </summary>
/// <remarks>To add one, derive from this class and override <see cref="Apply"/>. Source: <c>keras.regularizers.Regularizer</c>.</remarks>
public abstract class Regularizer : IConfigurable
{
    /// <summary>The regularizer of a name, with its defaults.</summary>
    /// <exception cref="TapestryException">No regularizer has this name.</exception>
    public static implicit operator Regularizer(string name) => ObjectRegistry.Create<Regularizer>(name);

    /// <summary>The penalty, a scalar.</summary>
    /// <param name="x">The values.</param>
    public abstract Tensor Apply(Tensor x);

    /// <summary>The arguments, in the form and under the names that Keras writes.</summary>
    public virtual IReadOnlyDictionary<string, object?> GetConfig() => ObjectConfig.Of(this);

    IReadOnlyDictionary<string, object?> IConfigurable.Serialize() => ObjectConfig.Serialize(this, GetConfig(), "keras.regularizers");

    /// <summary>A factor, which must be a finite number.</summary>
    private protected static double Finite(double value, string argument) => double.IsFinite(value)
        ? value
        : throw new TapestryException("Regularizer", $"{argument} is no finite number", $"{value}", "a number");
}
