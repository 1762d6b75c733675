using System.Text.Json;
using Tapestry.Keras;
using Tapestry.Keras.Layers;

namespace Tapestry.Tests.Golden.Layers;

/// <summary>Runs the cases of the layers: configuration, build, call, masks, losses, states, gradients, symbolic shapes and refusals.</summary>
sealed class LayersAdapter : IGoldenAdapter
{
    public string Group => "layers";

    public bool Implements(GoldenObject golden) => GoldenConfig.Knows<Layer>(golden);

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Field("error") is { } error)
        {
            Refuse(golden, check, error.GetProperty("stage").GetString()!);
            return;
        }

        if (golden.Field("adapt") is not null) check.Skip("layers that adapt to data are not there yet");
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
