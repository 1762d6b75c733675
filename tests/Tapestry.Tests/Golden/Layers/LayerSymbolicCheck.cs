using System.Text.Json;
using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Layers;

/// <summary>The shapes that a layer gives for shapes with unknown dimensions.</summary>
static class LayerSymbolicCheck
{
    internal static void Run(GoldenCase golden, GoldenCheck check, Func<Layer> make)
    {
        var dtypes = golden.List("inputs").Select(key => golden.Tensor(key).DType).ToArray();
        foreach (var symbolic in golden.List("symbolic"))
        {
            // Where the original contradicts itself its outputs count, which are compared elsewhere.
            if (symbolic.TryGetProperty("contradicts_output", out _) || !symbolic.TryGetProperty("input_shape", out var input)) continue;
            var what = $"shape for {input.GetRawText()}";
            if (symbolic.TryGetProperty("error", out _) || symbolic.TryGetProperty("traced_error", out _)) continue;
            var specs = golden.Field("call_style") is null
                ? Nest.Of(new TensorSpec(LayersAdapter.ShapeOf(input), dtypes[0]))
                : Nest.List(input.EnumerateArray().Zip(dtypes, (shape, dtype) => Nest.Of(new TensorSpec(LayersAdapter.ShapeOf(shape), dtype))));
            var outputs = CallPipeline.Infer(make(), specs).FlattenLeaves().Cast<Tensor?>().ToArray();
            var expected = Shapes(symbolic.GetProperty("output_shape")).ToArray();
            var traced = symbolic.TryGetProperty("traced_shape", out var other) ? Shapes(other).ToArray() : expected;
            check.Equal($"number of outputs, {what}", expected.Length, outputs.Length);
            for (var i = 0; i < Math.Min(expected.Length, outputs.Length); i++)
            {
                var shape = outputs[i]?.Shape;
                check.True(what, Says(shape, expected[i]) || (i < traced.Length && Says(shape, traced[i])), $"got {shape}, expected {expected[i]}");
                if (symbolic.TryGetProperty("output_dtype", out var dtype) && dtype.ValueKind == JsonValueKind.String) check.Equal($"dtype for {input.GetRawText()}", dtype.GetString()!, outputs[i]!.DType.Name);
            }
        }
    }

    // More may be known than in the original, but not less.
    static bool Says(Shape? shape, Shape? expected)
    {
        if (shape is null || expected is null) return shape is null && expected is null;
        return shape.Rank == expected.Rank && !Enumerable.Range(0, shape.Rank).Any(axis => expected[axis] != Shape.Unknown && shape[axis] != expected[axis]);
    }

    // A list of numbers and nulls is a shape, a list of lists several.
    static IEnumerable<Shape?> Shapes(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Null) return [null];
        if (json.ValueKind == JsonValueKind.Object) return json.EnumerateObject().OrderBy(entry => entry.Name, StringComparer.Ordinal).SelectMany(entry => Shapes(entry.Value));
        return json.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Array or JsonValueKind.Object) ? json.EnumerateArray().SelectMany(Shapes) : [LayersAdapter.ShapeOf(json)];
    }
}
