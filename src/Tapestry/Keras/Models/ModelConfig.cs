using Tapestry.Keras.Configuration;

namespace Tapestry.Keras;

/// <summary>Functional and sequential models as configurations, in the form of Keras.</summary>
static class ModelConfig
{
    /// <summary>The layers of a functional model, how they are called, and which tensors are inputs and outputs.</summary>
    internal static Dictionary<string, object?> Of(Model model, FunctionalGraph graph)
    {
        // Calls outside of this model do not count, so the others are numbered anew.
        var own = graph.NodesByDepth.SelectMany(level => level).ToHashSet();
        var numbers = new Dictionary<CallNode, int>();
        foreach (var layer in graph.Layers)
        {
            foreach (var node in layer.Nodes.Where(own.Contains)) numbers[node] = layer.Nodes.Where(own.Contains).TakeWhile(other => !ReferenceEquals(other, node)).Count();
        }

        return new()
        {
            ["name"] = model.Name,
            ["trainable"] = model.Trainable,
            ["layers"] = graph.Layers.Select(layer => (object?)Layer(layer)).ToList(),
            ["input_layers"] = Places(graph.InputStructure),
            ["output_layers"] = Places(graph.OutputStructure),
        };

        Dictionary<string, object?> Layer(Layer layer)
        {
            var config = LayerConfig.Serialize(layer);
            config["name"] = layer.Name;
            config["inbound_nodes"] = layer.Nodes.Where(own.Contains).Where(node => !node.IsInput).Select(node => (object?)Node(node)).ToList();
            return config;
        }

        Dictionary<string, object?> Node(CallNode node)
        {
            var arguments = new Dictionary<string, object?>();
            if (node.Training is { } training) arguments["training"] = training;
            if (node.Mask is { } mask) arguments["mask"] = Value(mask);
            foreach (var (name, value) in node.Arguments ?? new Dictionary<string, Nest>()) arguments[name] = Value(value);
            return new() { ["args"] = new List<object?> { Value(node.Inputs) }, ["kwargs"] = arguments };
        }

        object? Value(Nest nest) => nest.Kind switch
        {
            NestKind.Leaf when nest.Leaf is Tensor { Symbol: NodeOutput } tensor => ObjectConfig.Serialize("__keras_tensor__", new Dictionary<string, object?>
            {
                ["shape"] = tensor.Shape.Select(dimension => (object?)(long?)dimension).ToList(),
                ["dtype"] = tensor.DType.Name,
                ["keras_history"] = Place(tensor),
            }, "").Where(entry => entry.Key is "class_name" or "config").ToDictionary(),
            NestKind.Leaf when nest.Leaf is null => null,
            NestKind.Leaf => throw new TapestryException(model.Name, "a constant tensor among the inputs of a layer has no configuration", nest.Describe(), remedy: "Keep it in a layer of your own."),
            NestKind.Dictionary => nest.Entries.ToDictionary(entry => entry.Key, entry => Value(entry.Value)),
            _ => nest.Items.Select(Value).ToList(),
        };

        List<object?> Place(Tensor tensor)
        {
            var source = graph.Source(tensor);
            return [source.Node.Layer.Name, (long)numbers[source.Node], (long)source.Index];
        }

        object? Places(Nest nest) => nest.Kind switch
        {
            NestKind.Leaf => Place((Tensor)nest.Leaf!),
            NestKind.Dictionary => nest.Entries.ToDictionary(entry => entry.Key, entry => Places(entry.Value)),
            _ => nest.Items.Select(Places).ToList(),
        };
    }

    /// <summary>The layers of a sequential model.</summary>
    internal static Dictionary<string, object?> Of(Sequential model, IReadOnlyList<Layer> stack)
    {
        var config = LayerConfig.Common(model);
        config["layers"] = stack.Select(layer => (object?)LayerConfig.Serialize(layer)).ToList();
        if (model.Graph is not null) config["build_input_shape"] = ((Layers.InputLayer)stack[0]).GetConfig()["batch_shape"];
        return config;
    }

    /// <summary>Makes a sequential model.</summary>
    internal static Sequential Stack(IReadOnlyDictionary<string, object?> config)
    {
        var model = new Sequential(LayersOf(config, "Sequential").Select(LayerConfig.Deserialize), config.GetValueOrDefault("name") as string);
        if (!model.Built && config.GetValueOrDefault("build_input_shape") is IReadOnlyList<object?> shape && shape.All(dimension => dimension is null or long)) model.BuildFrom(ShapeOf(shape));
        if (config.GetValueOrDefault("trainable") is false) model.Trainable = false;
        return model;
    }

    /// <summary>Makes a functional model: all layers first, then their calls, each as soon as what it takes is there.</summary>
    internal static Model Functional(IReadOnlyDictionary<string, object?> config)
    {
        var name = config.GetValueOrDefault("name") as string;
        var layers = new Dictionary<string, Layer>(StringComparer.Ordinal);
        var functions = new Dictionary<string, List<Tensor>>(StringComparer.Ordinal);
        var waiting = new Queue<(string Name, Func<IReadOnlyDictionary<string, object?>, bool> Replay, Queue<IReadOnlyDictionary<string, object?>> Calls)>();
        foreach (var serialized in LayersOf(config, "Functional"))
        {
            var replay = FunctionCalls.IsFunction(serialized) ? Function(serialized, out var place) : Deserialized(serialized, out place);
            var calls = (serialized.GetValueOrDefault("inbound_nodes") as IReadOnlyList<object?> ?? []).Cast<IReadOnlyDictionary<string, object?>>().ToArray();
            if (calls.Length > 0) waiting.Enqueue((place, replay, new(calls)));
        }

        var stuck = 0;
        while (waiting.TryDequeue(out var next))
        {
            var progress = false;
            while (next.Calls.TryPeek(out var call) && next.Replay(call))
            {
                next.Calls.Dequeue();
                progress = true;
            }

            stuck = progress ? 0 : stuck + 1;
            if (next.Calls.Count > 0) waiting.Enqueue(next);
            if (stuck > waiting.Count) throw new TapestryException(name ?? "Functional", "the calls of the layers depend on each other in a circle, or on a layer that is not there", string.Join(", ", waiting.Select(each => each.Name)));
        }

        var model = new Model(Read(config["input_layers"], true), Read(config["output_layers"], true), name);
        if (config.GetValueOrDefault("trainable") is false) model.Trainable = false;
        return model;

        Func<IReadOnlyDictionary<string, object?>, bool> Deserialized(IReadOnlyDictionary<string, object?> serialized, out string place)
        {
            var layer = LayerConfig.Deserialize(serialized);
            place = serialized.GetValueOrDefault("name") as string ?? layer.Name;
            layers.Add(place, layer);
            return call => Replay(layer, call);
        }

        Func<IReadOnlyDictionary<string, object?>, bool> Function(IReadOnlyDictionary<string, object?> serialized, out string place)
        {
            var function = serialized.GetValueOrDefault("class_name") as string ?? "";
            var own = place = serialized.GetValueOrDefault("name") as string ?? function;
            functions.Add(own, []);
            return call =>
            {
                var positional = call["args"] as IReadOnlyList<object?> ?? [];
                if (!positional.All(IsThere)) return false;
                if (call.GetValueOrDefault("kwargs") is IReadOnlyDictionary<string, object?> { Count: > 0 } named) throw new TapestryException(own, "arguments by name are not read for functions", string.Join(", ", named.Keys), "arguments by place");
                functions[own].Add(FunctionCalls.Call(function, [.. positional.Select(value => Read(value, false) is { Kind: NestKind.Leaf } nest ? nest.Leaf : value)]));
                return true;
            };
        }

        bool Replay(Layer layer, IReadOnlyDictionary<string, object?> call)
        {
            var positional = call["args"] as IReadOnlyList<object?> ?? [];
            var named = call.GetValueOrDefault("kwargs") as IReadOnlyDictionary<string, object?> ?? ObjectConfig.Empty;
            if (!positional.Concat(named.Values).All(IsThere)) return false;
            var inputs = positional.Count == 1 ? Read(positional[0], false) : Nest.Of(positional.Select(value => Read(value, false)).ToList());
            var others = named.Where(entry => entry.Key is not ("training" or "mask") && entry.Value is not null).ToDictionary(entry => entry.Key, entry => Read(entry.Value, false));
            var mask = named.GetValueOrDefault("mask") is { } given ? Read(given, false) : null;
            layer.Apply(inputs, named.GetValueOrDefault("training") as bool?, mask, others.Count == 0 ? null : others);
            return true;
        }

        bool IsThere(object? value) => value switch
        {
            IReadOnlyDictionary<string, object?> tensor when History(tensor) is { } history => Source(history) is not null,
            IReadOnlyDictionary<string, object?> dictionary => dictionary.Values.All(IsThere),
            IReadOnlyList<object?> list => list.All(IsThere),
            _ => true,
        };

        Nest Read(object? value, bool isPlace) => value switch
        {
            IReadOnlyList<object?> and [string, long, long] place when isPlace => Nest.Of(Source(place) ?? throw new TapestryException(name ?? "Functional", "no such tensor", string.Join(", ", place))),
            IReadOnlyDictionary<string, object?> tensor when History(tensor) is { } history => Nest.Of(Source(history)!),
            IReadOnlyDictionary<string, object?> dictionary => Nest.Dictionary(dictionary.Select(entry => KeyValuePair.Create(entry.Key, Read(entry.Value, isPlace)))),
            IReadOnlyList<object?> list => Nest.List(list.Select(item => Read(item, isPlace))),
            _ => Nest.Of(value),
        };

        Tensor? Source(IReadOnlyList<object?> history)
        {
            if (functions.TryGetValue((string)history[0]!, out var results)) return (int)(long)history[1]! is var call && call < results.Count ? results[call] : null;
            if (!layers.TryGetValue((string)history[0]!, out var layer)) throw new TapestryException(name ?? "Functional", "a layer is named that is not there", (string)history[0]!, string.Join(", ", layers.Keys));
            var (node, output) = ((int)(long)history[1]!, (int)(long)history[2]!);
            return node < layer.Nodes.Count ? layer.Nodes[node].Outputs.Flatten()[output] : null;
        }
    }

    static IReadOnlyList<object?>? History(IReadOnlyDictionary<string, object?> value) =>
        value.GetValueOrDefault("class_name") is "__keras_tensor__" ? (value["config"] as IReadOnlyDictionary<string, object?>)!["keras_history"] as IReadOnlyList<object?> : null;

    static IEnumerable<IReadOnlyDictionary<string, object?>> LayersOf(IReadOnlyDictionary<string, object?> config, string what) =>
        (config.GetValueOrDefault("layers") as IReadOnlyList<object?> ?? throw new TapestryException(what, "the configuration has no layers", string.Join(", ", config.Keys), "the key 'layers'")).Cast<IReadOnlyDictionary<string, object?>>();

    static Shape ShapeOf(IReadOnlyList<object?> dimensions) => Shape.Create([.. dimensions.Select(dimension => (int?)(long?)dimension)]);
}
