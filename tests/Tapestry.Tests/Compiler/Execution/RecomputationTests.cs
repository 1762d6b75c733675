using System.Globalization;
using System.Text.RegularExpressions;
using Tapestry.Compiler;
using Tapestry.Keras;
using Tapestry.Keras.Layers;
using Tapestry.Tests.Compiler.Fusion;

namespace Tapestry.Tests.Compiler.Execution;

/// <summary>Steps that compute cheap values again for the gradient: the same bits, over a smaller arena.</summary>
public sealed class RecomputationTests
{
    static RecomputationTests() => Pipeline.VerifiesEachPass = true;

    [Theory]
    [InlineData("gelu", 0.8)]
    [InlineData("swish", 0.75)]
    [InlineData("convolutions with batch normalization", 0.75)]
    [InlineData("residual", 0.85)]
    [InlineData("layer normalization", 0.9)]
    [InlineData("float16", 0.85)]
    public void ADeepStepHasTheSameBitsOverASmallerArena(string name, double largest)
    {
        var (kept, again) = (new Step(name, recompute: false), new Step(name, recompute: true));
        var (x, y) = kept.Data;
        for (var i = 0; i < 3; i++) Assert.True(kept.Function.Apply(x, y).Bits().SequenceEqual(again.Function.Apply(x, y).Bits()));
        foreach (var (one, other) in kept.Weights.Zip(again.Weights)) Assert.True(one.Value.Bits().SequenceEqual(other.Value.Bits()));
        var (before, after) = (Arena(kept.Function.Describe(x, y)), Arena(again.Function.Describe(x, y)));
        Assert.True(after <= before * largest, $"{after} instead of {before} bytes: {after / (double)before}");
    }

    /// <summary>What is only asked for its shape is not computed again, which for an operation of several results cannot be done.</summary>
    [Fact]
    public void AnUnknownShapeIsTakenFromWhatIsThere()
    {
        var weights = Enumerable.Range(0, 10).Select(i => new Variable(Draw(10 + i, 128, 128) * 0.2f)).ToArray();
        Tensor[] results = [.. new[] { false, true }.Select(recompute =>
        {
            var step = Function.Of(
                (Tensor x) =>
                {
                    using var tape = new GradientTape();
                    tape.Watch(x);
                    var y = x;
                    foreach (var weight in weights)
                    {
                        var product = Ops.MatMul(y, weight);
                        var other = Ops.ReshapeLike(product * 0.5f, Ops.Sort(Ops.Transpose(product)));
                        y = Ops.ReshapeLike(other * Ops.Sigmoid(other), product);
                    }

                    return tape.Gradient(Ops.Mean(Ops.Square(y)), x)!;
                },
                new FunctionOptions { Recompute = recompute, InputSignature = [new TensorSpec([-1, 128], DType.Float32)] });
            if (recompute) Assert.Contains("computed again", step.Describe(Draw(1, 256, 128)), StringComparison.Ordinal);
            return step.Apply(Draw(1, 256, 128));
        })];
        Assert.True(results[0].Bytes.SequenceEqual(results[1].Bytes));
    }

    [Fact]
    public void DescribeSaysWhatIsComputedAgain()
    {
        var step = new Step("gelu", recompute: true);
        var text = step.Function.Describe(step.Data.X, step.Data.Y);
        var match = Regex.Match(text, @"computed again instead of being kept: (\d+) values, an arena of (\d+) bytes less (\d+)\n    (\w+) float32\[256,128\], 131072 bytes\n");
        Assert.True(match.Success, text);
        Assert.Equal(Arena(text), Number(match.Groups[2]) - Number(match.Groups[3]));
        Assert.Equal(Arena(new Step("gelu", recompute: false) is var kept ? kept.Function.Describe(kept.Data.X, kept.Data.Y) : ""), Number(match.Groups[2]));
        Assert.DoesNotContain("computed again", kept.Function.Describe(kept.Data.X, kept.Data.Y), StringComparison.Ordinal);
    }

    [Fact]
    public void ProductsAndRandomNumbersAreMadeOnce()
    {
        foreach (var name in new[] { "gelu", "convolutions with batch normalization" })
        {
            var (kept, again) = (new Step(name, recompute: false), new Step(name, recompute: true));
            var (x, y) = kept.Data;
            Assert.Equal(Costly(kept.Function.Describe(x, y)), Costly(again.Function.Describe(x, y)));
        }

        static string[] Costly(string text) => [.. Regex.Matches(text[text.IndexOf("== execution", StringComparison.Ordinal)..], @"(MatMul|Convolution\w*|Stateless\w*|DropoutMask)").Select(match => match.Value).Order()];
    }

    [Fact]
    public void RandomProgramsHaveTheSameBits()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var program = new RandomProgram(seed);
            Nest Step(Nest inputs)
            {
                using var tape = new GradientTape();
                Tensor[] own = [.. inputs.Flatten()];
                foreach (var input in own) tape.Watch(input);
                Tensor[] outputs = [.. program.Run((Nest)own).Flatten()];
                var sources = own.Where(input => input.DType.IsFloating).ToArray();
                var total = outputs.Where(output => output.DType.IsFloating).Select(output => Ops.Sum(Ops.Sin(output))).ToArray();
                if (total.Length == 0 || sources.Length == 0) return (Nest)outputs;
                return (Nest)(Tensor[])[.. outputs, .. tape.Gradients(total, sources, null, UnconnectedGradients.Zero).Select(gradient => gradient!)];
            }

            var expected = Function.Of((Nest inputs) => Step(inputs)).Apply((Nest)program.Inputs(DType.Float32)).Flatten();
            var actual = Function.Of((Nest inputs) => Step(inputs), new FunctionOptions { Recompute = true }).Apply((Nest)program.Inputs(DType.Float32)).Flatten();
            for (var i = 0; i < expected.Count; i++) Assert.True(expected[i].Bytes.SequenceEqual(actual[i].Bytes), $"program {seed}, output {i}");
        }
    }

    [Fact]
    public void FitTakesTheOption()
    {
        var x = Draw(7, 256, 32);
        var histories = new List<double>();
        foreach (var recompute in new[] { false, true })
        {
            RandomSeed.Set(3);
            var model = new Sequential([new Input([32]), .. Enumerable.Range(0, 6).SelectMany(_ => (Layer[])[new Dense(64, activation: "silu"), new BatchNormalization(), new Dropout(0.2, seed: 1)]), new Dense(1)]);
            model.Compile("adam", "mse", recompute: recompute);
            histories.Add(model.Fit(x, Draw(8, 256, 1), batchSize: 128, epochs: 2, verbose: 0)["loss"][^1]);
        }

        Assert.Equal(histories[0], histories[1]);
    }

    static long Arena(string text) => Number(Regex.Match(text, @"one arena of (\d+) bytes").Groups[1]);

    static long Number(Group group) => long.Parse(group.Value, CultureInfo.InvariantCulture);

    static Tensor Draw(int seed, params int[] shape)
    {
        var random = new Random(seed);
        return Ops.FromSpan<float>([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)], shape);
    }

    sealed class Step
    {
        readonly string name;

        internal Step(string name, bool recompute)
        {
            this.name = name;
            var hasPictures = name is "convolutions with batch normalization" or "residual";
            Data = hasPictures ? (Draw(1, 4, 16, 16, 16), Draw(2, 4, 16, 16, 16)) : (Draw(1, 256, 128), Draw(2, 256, 128));
            Weights = [.. Enumerable.Range(0, 10).Select(i => new Variable((hasPictures ? Draw(10 + i, 3, 3, 16, 16) : Draw(10 + i, 128, 128)) * 0.2f))];
            Function = Tapestry.Function.Of<Tensor, Tensor, Tensor>(Run, new FunctionOptions { Recompute = recompute });
        }

        internal (Tensor X, Tensor Y) Data { get; }

        internal Variable[] Weights { get; }

        internal Function<Tensor, Tensor, Tensor> Function { get; }

        Tensor Run(Tensor x, Tensor y)
        {
            using var tape = new GradientTape();
            for (var i = 0; i < Weights.Length; i++) x = Layer(x, Weights[i]);
            var loss = Ops.Mean(Ops.Square(x - y));
            foreach (var (weight, gradient) in Weights.Zip(tape.Gradient(loss, Weights))) weight.AssignSub(gradient! * 0.1f);
            return loss;
        }

        Tensor Layer(Tensor x, Tensor weight)
        {
            switch (name)
            {
                case "gelu": return Gelu(Ops.MatMul(x, weight));
                case "swish": return Ops.MatMul(x, weight) is var z ? z * Ops.Sigmoid(z) : x;
                case "layer normalization": return Normalized(Ops.Tanh(Ops.MatMul(x, weight)), -1);
                case "float16": return Ops.Cast(Gelu(Ops.Cast(Ops.MatMul(Ops.Cast(x, DType.Float16), Ops.Cast(weight, DType.Float16)), DType.Float32)), DType.Float32);
                case "residual": return Ops.Relu(Normalized(Ops.Conv2D(x, weight, padding: "same"), 0, 1, 2)) + x;
                default: return Ops.Relu(Normalized(Ops.Conv2D(x, weight, padding: "same"), 0, 1, 2));
            }
        }

        static Tensor Gelu(Tensor x) => x * 0.5f * (1f + Ops.Erf(x * 0.7071f));

        static Tensor Normalized(Tensor x, params int[] axes)
        {
            var centred = x - Ops.Mean(x, axes, keepdims: true);
            return centred * Ops.Rsqrt(Ops.Mean(Ops.Square(centred), axes, keepdims: true) + 1e-3f);
        }
    }
}
