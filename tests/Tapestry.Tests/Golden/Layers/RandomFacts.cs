using System.Text.Json;

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

        // Where the files state no rule, only shape and dtype bind; distributions of such a layer are a matter for tests of its own.
        if (golden.Field("facts") is not { } facts || !facts.TryGetProperty("output", out var rule)) return;
        switch (rule.GetString())
        {
            case "kept ? input * scale : 0":
                Kept(check, facts, inputs[0].Shape, inputs[0].ToArray<float>(), actual[0].ToArray<float>());
                break;
            case "input + noise":
                Noise(check, facts, [.. inputs[0].ToArray<float>().Zip(actual[0].ToArray<float>(), (before, after) => (double)after - before)]);
                break;
            default:
                check.Fail("facts", $"nothing checks the rule \"{rule.GetString()}\" of this layer's random numbers; add a method for it to {nameof(RandomFacts)}, beside {nameof(Kept)} and {nameof(Noise)} (the facts are {facts.GetRawText()})");
                break;
        }
    }

    // Every element is 0 or scaled, and as many are kept as should be.
    static void Kept(GoldenCheck check, JsonElement facts, Shape shape, float[] x, float[] y)
    {
        var (scale, keep) = (facts.GetProperty("scale").GetDouble(), facts.GetProperty("keep_probability").GetDouble());
        var kept = 0;
        for (var i = 0; i < x.Length; i++)
        {
            if (y[i] == 0) continue;
            kept++;
            if (Math.Abs(y[i] - (x[i] * scale)) > 1e-5 * Math.Abs(x[i] * scale) + 1e-6) check.Fail($"element {i}", $"{y[i]} is neither 0 nor {x[i]} times {scale}");
        }

        // Five standard deviations of as many draws as the pattern has.
        var draws = facts.TryGetProperty("equal_along_axes", out var axes) ? x.Length / axes.EnumerateArray().Aggregate(1, (product, axis) => product * shape[axis.GetInt32()]) : x.Length;
        var spread = 5 * Math.Sqrt(keep * (1 - keep) / draws);
        check.True("share of kept elements", Math.Abs((kept / (double)x.Length) - keep) <= spread, $"{kept} of {x.Length}, expected {keep}");
    }

    // Mean and standard deviation of normal numbers lie within five of their own standard deviations.
    static void Noise(GoldenCheck check, JsonElement facts, double[] noise)
    {
        var (mean, stddev) = (facts.GetProperty("noise_mean").GetDouble(), facts.GetProperty("noise_stddev").GetDouble());
        var center = noise.Average();
        check.Close("mean of the noise", mean, center, 5 * stddev / Math.Sqrt(noise.Length), 0);
        check.Close("standard deviation of the noise", stddev, Math.Sqrt(noise.Average(value => (value - center) * (value - center))), 5 * stddev / Math.Sqrt(2.0 * noise.Length), 0);
    }
}
