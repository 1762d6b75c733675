using Tapestry.Compiler;
using Tapestry.Kernels.Codegen;
using Tapestry.Tests.Kernels.Threading;

namespace Tapestry.Tests.Compiler.Fusion;

/// <summary>What one fused loop would keep for another in parts is computed again by that other, with the same bits.</summary>
[Collection(nameof(Tapestry.Tests.Kernels.Threading.ThreadCountCollection))]
public sealed class CrossingValuesTests
{
    const int Rows = 64, Width = 512;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 20)];

    /// <summary>GELU from primitives: the gradient needs one full value of the forward pass, not three.</summary>
    [Fact]
    public void AnActivationKeepsOneValueForItsGradient()
    {
        var text = Check(
            (x, w, b) =>
            {
                var wide = Ops.MatMul(x, w) + b;
                return 0.5f * wide * (1f + Ops.Erf(wide * 0.70710677f));
            });
        var step = text.Split('\n').First(line => line.StartsWith("  0: Fused[MatMul", StringComparison.Ordinal));
        Assert.Equal(2, step.Split($"float32[{Rows},{Width}]").Length - 1);
    }

    /// <summary>What a third group reads because it computes an operation again stays in memory, though the group that reads it first computes it again too.</summary>
    [Fact]
    public void WhatACopyReadsStaysInMemory()
    {
        static Tensor Gradient(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var bounded = x / (Ops.Square(x) + 1f);
            var centred = bounded - Ops.Mean(bounded, -1, keepdims: true);
            var scaled = centred * Ops.Rsqrt(Ops.Mean(Ops.Square(centred), -1, keepdims: true) + 1e-3f);
            var product = scaled * bounded;
            var sums = Ops.Cumsum(product, -1);
            return tape.Gradient(Ops.Sum(Ops.Square(sums)) + Ops.Sum(Ops.Square(product)) + Ops.Sum(Ops.Square(scaled)) + Ops.Sum(Ops.Square(sums)), x)!;
        }

        // Not to the bit: sums of centred values are taken for zero, which single operations miss by rounding errors.
        var x = Ops.RandomNormal([4, 17, 129, 2], seed: 3);
        var (expected, actual) = (Gradient(x).ToArray<float>(), Function.Of((Tensor x) => Gradient(x)).Apply(x).ToArray<float>());
        for (var i = 0; i < expected.Length; i++) Assert.True(MathF.Abs(expected[i] - actual[i]) <= 1e-4f * (1 + MathF.Abs(expected[i])), $"element {i}: {actual[i]}, eager {expected[i]}");
    }

    /// <summary>Programs drawn at random, with products between their loops, have the bits of single operations when small values count too.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void GradientsHaveTheBitsOfSingleOperations(int seed)
    {
        var least = CrossingValues.LeastElements;
        CrossingValues.LeastElements = 1;
        try
        {
            Check((x, w, b) => Drawn(new Random(seed), Ops.MatMul(x, w) + b, b));
        }
        finally
        {
            CrossingValues.LeastElements = least;
        }
    }

    static Tensor Drawn(Random random, Tensor start, Tensor b)
    {
        List<Tensor> values = [start];
        for (var i = 0; i < 12; i++)
        {
            var (x, y) = (values[random.Next(values.Count)], values[random.Next(values.Count)]);
            values.Add(random.Next(9) switch
            {
                0 => Ops.Tanh(x),
                1 => Ops.Exp(-Ops.Square(x)),
                2 => Ops.Erf(x) + y,
                3 => x * y,
                // Not x itself: sums of centred values are taken for zero, which single operations miss by rounding errors.
                4 => x - Ops.Mean(Ops.Abs(x), -1, keepdims: true),
                5 => x * Ops.Rsqrt(Ops.Mean(Ops.Square(y), -1, keepdims: true) + 1e-3f),
                6 => Ops.Sigmoid(x) * y,
                7 => Ops.Relu(x) + b,
                _ => Ops.Tanh(x + y) * 0.5f,
            });
        }

        return values[^1] + values[^2];
    }

    /// <summary>Compares the gradients of Σ tanh(f · v) with those of single operations, on several threads, as code and as tiles; gives the description.</summary>
    static string Check(Func<Tensor, Tensor, Tensor, Tensor> f)
    {
        Tensor[] arguments =
        [
            Ops.RandomNormal([Rows, 48], seed: 1), Ops.RandomNormal([48, Width], seed: 2) * 0.1f, Ops.RandomNormal([Width], seed: 3) * 0.1f, Ops.RandomNormal([Width, 40], seed: 4) * 0.1f,
        ];
        var expected = Leaves(Gradients(arguments));
        var text = "";
        foreach (var (compiles, threads) in ((bool, int)[])[(true, 1), (true, 4), (false, 2)])
        {
            using var setting = new ThreadSetting(threads);
            MapKernel.Compiles = compiles;
            try
            {
                var function = Function.Of((Nest x) => Gradients([.. x.FlattenLeaves().Cast<Tensor>()]));
                Nest packed = Nest.List([.. arguments.Select(argument => (Nest)argument)]);
                function.Apply(packed);
                var got = Leaves(function.Apply(packed));
                for (var i = 0; i < expected.Length; i++) Assert.True(expected[i].Bytes.SequenceEqual(got[i].Bytes), $"gradient {i} {expected[i].Spec}, compiles {compiles}, {threads} threads");
                text = function.Describe(packed);
            }
            finally
            {
                MapKernel.Compiles = true;
            }
        }

        return text;

        Nest Gradients(Tensor[] inputs)
        {
            using var tape = new GradientTape();
            foreach (var input in inputs) tape.Watch(input);
            var loss = Ops.Sum(Ops.Tanh(Ops.MatMul(f(inputs[0], inputs[1], inputs[2]), inputs[3])));
            return Nest.List([.. tape.Gradient(loss, inputs).Select(gradient => (Nest)gradient!)]);
        }
    }

    static Tensor[] Leaves(Nest nest) => [.. nest.FlattenLeaves().Cast<Tensor>()];
}
