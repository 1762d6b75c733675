namespace Tapestry.Tests.Golden.Layers;

/// <summary>What binds where the random numbers of the original do not: shape, dtype, scale, and how much is kept.</summary>
static class RandomFacts
{
    internal static void Check(GoldenCase golden, GoldenCheck check, IReadOnlyList<Tensor> inputs, Nest outputs)
    {
        var expected = golden.List("outputs").Select(golden.Tensor).ToArray();
        var actual = outputs.Flatten();
        check.Equal("number of outputs", expected.Length, actual.Count);
        for (var i = 0; i < Math.Min(expected.Length, actual.Count); i++)
        {
            check.Equal($"shape of output {i}", expected[i].Shape, actual[i].Shape);
            check.Equal($"dtype of output {i}", expected[i].DType, actual[i].DType);
        }

        if (golden.Field("facts") is not { } facts || !facts.TryGetProperty("output", out var rule) || rule.GetString() != "kept ? input * scale : 0") return;
        var (x, y) = (inputs[0].ToArray<float>(), actual[0].ToArray<float>());
        var (scale, keep) = (facts.GetProperty("scale").GetDouble(), facts.GetProperty("keep_probability").GetDouble());
        var kept = 0;
        for (var i = 0; i < x.Length; i++)
        {
            if (y[i] == 0) continue;
            kept++;
            if (Math.Abs(y[i] - (x[i] * scale)) > 1e-5 * Math.Abs(x[i] * scale) + 1e-6) check.Fail($"element {i}", $"{y[i]} is neither 0 nor {x[i]} times {scale}");
        }

        // Five standard deviations of as many draws as the pattern has.
        var draws = facts.TryGetProperty("equal_along_axes", out var axes) ? x.Length / axes.EnumerateArray().Aggregate(1, (product, axis) => product * inputs[0].Shape[axis.GetInt32()]) : x.Length;
        var spread = 5 * Math.Sqrt(keep * (1 - keep) / draws);
        check.True("share of kept elements", Math.Abs((kept / (double)x.Length) - keep) <= spread, $"{kept} of {x.Length}, expected {keep}");
    }
}
