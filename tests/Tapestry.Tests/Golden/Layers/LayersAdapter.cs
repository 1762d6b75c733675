using System.Text.Json;
using Tapestry.Keras;
using Tapestry.Keras.Configuration;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Golden.Layers;

/// <summary>Runs the cases of the layers: configuration, build, call, masks, losses, states, gradients, symbolic shapes and refusals.</summary>
sealed class LayersAdapter : IGoldenAdapter
{
    public string Group => "layers";

    public bool Implements(GoldenObject golden) => GoldenConfig.Knows<Layer>(golden);

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        RequireParts(golden, GoldenConfig.Of(golden), check);
        if (golden.Field("error") is { } error)
        {
            Refuse(golden, check, error.GetProperty("stage").GetString()!);
            return;
        }

        if (golden.Field("adapt") is not null) check.Missing("adapt");
        var layer = Make(golden);
        if (!GoldenConfig.Of(golden).ContainsKey("name") && golden.Field("layer_name") is { } name) check.Equal("name", name.GetString()!, layer.NamePrefix);
        LayerConfigCheck.Run(golden, check, layer);
        if (layer is InputLayer input)
        {
            var symbolic = golden.List("symbolic").First();
            check.Equal("shape", ShapeOf(symbolic.GetProperty("output_shape")), input.Output.Single().Shape);
            check.Equal("dtype", symbolic.GetProperty("output_dtype").GetString()!, input.Output.Single().DType.Name);
            return;
        }

        LayerSymbolicCheck.Run(golden, check, () => Make(golden));
        new LayerCall(golden, check, layer).Run();
    }

    internal static Layer Make(GoldenCase golden) => Layer.FromConfig(golden.Object.Name, GoldenConfig.Of(golden));

    // A layer may be told to use something that is not there yet.
    static void RequireParts(GoldenCase golden, Dictionary<string, object?> config, GoldenCheck check)
    {
        var layer = ObjectRegistry.Find(typeof(Layer), golden.Object.Name)!;
        foreach (var (key, value) in config)
        {
            if (key == "lora_rank" && layer.GetProperty("LoraRank") is null) check.Missing("LoRA");
            var kind = key.EndsWith("activation", StringComparison.Ordinal) ? typeof(ActivationFunction)
                : key.EndsWith("regularizer", StringComparison.Ordinal) ? typeof(Regularizer)
                : key.EndsWith("constraint", StringComparison.Ordinal) ? typeof(Constraint)
                : key.EndsWith("initializer", StringComparison.Ordinal) ? typeof(Initializer) : null;
            var name = value as string ?? (value as Dictionary<string, object?>)?.GetValueOrDefault("class_name") as string;
            if (kind is not null && name is not null and not "nonsense" && ObjectRegistry.Find(kind, name) is null) check.Missing(name);
        }
    }

    /// <summary>A shape of the files, with null for an unknown dimension.</summary>
    internal static Shape ShapeOf(JsonElement json) => Shape.Create([.. json.EnumerateArray().Select(dimension => dimension.ValueKind == JsonValueKind.Null ? (int?)null : dimension.GetInt32())]);

    static void Refuse(GoldenCase golden, GoldenCheck check, string stage)
    {
        if (stage == "construct")
        {
            check.Refuses("constructor", () => Make(golden));
            return;
        }

        var layer = Make(golden);
        check.Refuses("call", () => new LayerCall(golden, check, layer).Call());
    }
}
