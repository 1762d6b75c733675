using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>Layers as configurations, in the form of Keras, and back.</summary>
static class LayerConfig
{
    // What Keras writes for features that are not there; only the value that says so is accepted.
    static readonly Dictionary<string, object?> Absent = new()
    {
        ["quantization_config"] = null, ["sparse"] = false, ["ragged"] = false,
        ["synchronized"] = false, ["activity_regularizer"] = null,
    };

    /// <summary>The arguments of a layer: those of its constructor, its name, dtype and whether it is trainable.</summary>
    internal static Dictionary<string, object?> Of(Layer layer)
    {
        var config = Common(layer);
        foreach (var (key, value) in ObjectConfig.Of(layer)) config.TryAdd(key, value);
        return config;
    }

    /// <summary>The arguments that all layers have.</summary>
    internal static Dictionary<string, object?> Common(Layer layer)
    {
        var config = new Dictionary<string, object?>
        {
            ["name"] = layer.Name,
            ["trainable"] = layer.Trainable,
            ["dtype"] = ObjectConfig.Serialize("DTypePolicy", new Dictionary<string, object?> { ["name"] = layer.DType.Name }, "keras"),
        };
        if (layer.ActivityRegularizer is { } regularizer) config["activity_regularizer"] = ((IConfigurable)regularizer).Serialize();
        return config;
    }

    /// <summary>A layer as it stands in the configuration of a model.</summary>
    internal static Dictionary<string, object?> Serialize(Layer layer) => ObjectConfig.Serialize(layer.ClassName, layer.GetConfig(), layer is Model ? "keras" : "keras.layers");

    /// <summary>Makes a layer from how it stands in the configuration of a model.</summary>
    internal static Layer Deserialize(IReadOnlyDictionary<string, object?> serialized) => Create(
        serialized.GetValueOrDefault("class_name") as string ?? throw new TapestryException("Layer.FromConfig", "a layer without class_name", string.Join(", ", serialized.Keys), "class_name and config"),
        serialized.GetValueOrDefault("config") as IReadOnlyDictionary<string, object?> ?? ObjectConfig.Empty);

    /// <summary>Makes a layer.</summary>
    internal static Layer Create(string className, IReadOnlyDictionary<string, object?> config)
    {
        if (className == "Sequential") return ModelConfig.Stack(config);
        if (className is "Functional" or "Model" && config.ContainsKey("input_layers")) return ModelConfig.Functional(config);
        var type = ObjectRegistry.Find(typeof(Layer), className) ?? throw new TapestryException("Layer.FromConfig", "no layer of this class is known", className, remedy: "Announce classes of your own before loading.");
        var arguments = config.ToDictionary(entry => entry.Key, entry => entry.Value);
        foreach (var (key, value) in Absent)
        {
            if (arguments.TryGetValue(key, out var given) && Equals(given, value)) arguments.Remove(key);
        }

        if (arguments.GetValueOrDefault("dtype") is IReadOnlyDictionary<string, object?> policy) arguments["dtype"] = (policy["config"] as IReadOnlyDictionary<string, object?>)!["name"];
        return (Layer)ObjectConfig.Create(type, arguments);
    }
}
