using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>
/// Brings the values of a weight back into a range after each step of an optimizer. A string stands for a constraint with its defaults:
/// <c>"non_neg"</c>.
/// </summary>
/// <remarks>To add one, derive from this class and override <see cref="Apply"/>. Source: <c>keras.constraints.Constraint</c>.</remarks>
public abstract class Constraint : IConfigurable
{
    /// <summary>The constraint of a name, with its defaults.</summary>
    /// <exception cref="TapestryException">No constraint has this name.</exception>
    public static implicit operator Constraint(string name) => ObjectRegistry.Create<Constraint>(name);

    /// <summary>The values brought into the range.</summary>
    /// <param name="w">The values of a weight.</param>
    public abstract Tensor Apply(Tensor w);

    /// <summary>The arguments, in the form and under the names that Keras writes.</summary>
    public virtual IReadOnlyDictionary<string, object?> GetConfig() => ObjectConfig.Of(this);

    IReadOnlyDictionary<string, object?> IConfigurable.Serialize() => ObjectConfig.Serialize(this, GetConfig(), "keras.constraints");

    /// <summary>The lengths of the vectors along axes, as keepdims reductions.</summary>
    private protected static Tensor Norms(Tensor w, Axes axis) => Ops.Sqrt(Ops.Sum(Ops.Square(w), axis, keepdims: true));
}
