using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>
/// A function on tensors as the argument of a layer. A string stands for a function with its defaults (<c>"relu"</c>), and any function from
/// tensor to tensor converts.
/// </summary>
/// <remarks>
/// To add one that strings find, derive from this class in the namespace <c>Tapestry.Keras.Activations</c> and override <see cref="Apply"/>:
/// the class <c>Softsign</c> is found as <c>"softsign"</c>. Source: <c>keras.activations</c>.
/// </remarks>
public abstract class ActivationFunction : IConfigurable
{
    /// <summary>The name in configurations.</summary>
    public virtual string Name => ObjectNames.ToSnakeCase(ObjectNames.Of(GetType()));

    /// <summary>The function of a name, with its defaults.</summary>
    /// <exception cref="TapestryException">No function has this name.</exception>
    public static implicit operator ActivationFunction(string name) =>
        // Functions go by their own names, in small letters; those of classes are the layers'.
        name.Any(char.IsUpper) ? throw new TapestryException("ActivationFunction", "there is no function of this name", $"\"{name}\"", $"a name in small letters, such as \"{ObjectNames.ToSnakeCase(name)}\"") : ObjectRegistry.Create<ActivationFunction>(name);

    /// <summary>Any function. Such a one cannot be written into a configuration.</summary>
    public static implicit operator ActivationFunction(Func<Tensor, Tensor> function) => new Custom(function);

    /// <summary>The function itself.</summary>
    /// <param name="x">A tensor.</param>
    public abstract Tensor Apply(Tensor x);

    /// <summary>The arguments, in the form and under the names that Keras writes.</summary>
    public virtual IReadOnlyDictionary<string, object?> GetConfig() => ObjectConfig.Of(this);

    /// <summary>How the function stands in the configuration of a layer: by its name alone when its arguments are the defaults.</summary>
    internal object? ToConfig() => this is Custom
        ? throw new TapestryException(Name, "a function of the program has no configuration", remedy: "Derive a class from ActivationFunction, whose name can be written.")
        : HasDefaults() ? Name : ((IConfigurable)this).Serialize();

    bool HasDefaults()
    {
        var config = GetConfig();
        if (config.Count == 0) return true;
        var defaults = ObjectRegistry.Create<ActivationFunction>(Name).GetConfig();
        return config.All(entry => Equals(entry.Value, defaults[entry.Key]));
    }

    IReadOnlyDictionary<string, object?> IConfigurable.Serialize() => ObjectConfig.Serialize(this, GetConfig(), "keras.activations");

    sealed class Custom(Func<Tensor, Tensor> function) : ActivationFunction
    {
        public override string Name => function.Method.Name;

        public override Tensor Apply(Tensor x) => function(x);
    }
}
