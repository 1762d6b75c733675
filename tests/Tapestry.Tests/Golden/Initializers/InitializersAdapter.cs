using System.Text.Json;
using Tapestry.Keras;

namespace Tapestry.Tests.Golden.Initializers;

/// <summary>Values of the deterministic initializers, and facts about those of the random ones, whose stream is our own.</summary>
sealed class InitializersAdapter : IGoldenAdapter
{
    const int Draws = 4000;

    public string Group => "initializers";

    public bool Implements(GoldenObject golden) => GoldenConfig.Knows<Initializer>(golden) || golden.Name == "InitializersGet";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Object.Name == "InitializersGet")
        {
            GoldenStrings.Check(golden, check, name => (Initializer)name, initializer => ((Initializer)initializer).GetConfig(), GoldenConfig.Knows<Initializer>);
            return;
        }

        var config = GoldenConfig.Of(golden);
        if (config.GetValueOrDefault("value") is Dictionary<string, object?> array)
        {
            config["value"] = (Tensor)((List<object?>)((Dictionary<string, object?>)array["config"]!)["value"]!).Select(value => (float)(double)value!).ToArray();
        }

        if (golden.Field("error") is not null)
        {
            check.Refuses("the call", () => GoldenConfig.Create<Initializer>(golden, config).Apply(ShapeOf(golden), DTypeOf(golden)));
            return;
        }

        // The original forgets the gain when it writes its configuration.
        if (golden.Object.Name == "Identity") config["gain"] = (double)golden.Tensor(golden.Field("value")!.Value).ToArray<float>()[0];
        var initializer = GoldenConfig.Create<Initializer>(golden, config);
        var shape = ShapeOf(golden);
        if (golden.Field("value") is { } value)
        {
            Tensor result = initializer.Apply(shape, DTypeOf(golden));
            if (value.ValueKind == JsonValueKind.Array) check.Equal("texts", string.Join("|", value.EnumerateArray().Select(text => text.GetString())), string.Join("|", result.ToArray<string>()));
            else check.Matches("values", value, result);
            return;
        }

        check.Equal("same instance twice", true, initializer.Apply(shape).ToArray<float>().SequenceEqual(initializer.Apply(shape).ToArray<float>()));
        if (initializer is Orthogonal) CompareGram(golden, check, initializer.Apply(shape));
        else CompareFacts(golden, check, config, shape);
    }

    static DType? DTypeOf(GoldenCase golden) => golden.Field("dtype")?.GetString() is { } dtype ? (DType)dtype : null;

    static Shape ShapeOf(GoldenCase golden) => golden.Field("shape") is { } shape ? new Shape([.. shape.EnumerateArray().Select(dimension => dimension.GetInt32())]) : new Shape(2, 2);

    static void CompareFacts(GoldenCase golden, GoldenCheck check, Dictionary<string, object?> config, Shape shape)
    {
        var values = new List<double>();
        for (long seed = 1; values.Count < Draws; seed++)
        {
            config["seed"] = seed;
            values.AddRange(GoldenConfig.Create<Initializer>(golden, config).Apply(shape).ToArray<float>().Select(value => (double)value));
        }

        var facts = golden.Field("facts")!.Value;
        double Fact(string name) => facts.GetProperty(name).GetDouble();
        var deviation = Fact("stddev_of_values");
        var mean = values.Average();
        var spread = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        check.Close("mean", Fact("mean"), mean, 4 * deviation / Math.Sqrt(values.Count), 0);
        check.Close("standard deviation", deviation, spread, 0, 4 * 0.75 / Math.Sqrt(values.Count));
        if (facts.TryGetProperty("bound", out var bound))
        {
            var center = Fact("mean");
            check.True("bound", values.Max(value => Math.Abs(value - center)) <= bound.GetDouble() * (1 + 1e-6), "a value lies beyond");
            check.True("reach", values.Max(value => Math.Abs(value - center)) > bound.GetDouble() * 0.95, "no value comes near the bound");
        }

        if (!facts.TryGetProperty("minval", out _)) return;
        var range = Fact("maxval") - Fact("minval");
        check.True("range", values.Min() >= Fact("minval") - 1e-6 * range && values.Max() <= Fact("maxval") + 1e-6 * range, "a value lies beyond");
        check.True("reach", values.Min() < Fact("minval") + 0.02 * range && values.Max() > Fact("maxval") - 0.02 * range, "no value comes near the limits");
    }

    static void CompareGram(GoldenCase golden, GoldenCheck check, Tensor result)
    {
        var gain = GoldenConfig.Of(golden).GetValueOrDefault("gain") is double given ? given : 1;
        var columns = result.Shape[^1];
        var rows = result.Size / columns;
        var q = result.ToArray<float>();
        var byColumns = golden.Field("facts")!.Value.GetProperty("orthonormal").GetString() == "columns";
        var (count, length) = byColumns ? (columns, rows) : (rows, columns);
        double At(int vector, int i) => byColumns ? q[i * columns + vector] : q[vector * columns + i];
        for (var a = 0; a < count; a++)
        {
            for (var b = 0; b < count; b++) check.Close($"product of {a} and {b}", a == b ? gain * gain : 0, Enumerable.Range(0, length).Sum(i => At(a, i) * At(b, i)), 2e-6 * gain * gain, 0);
        }
    }
}
