namespace Tapestry.Tests.Compiler;

/// <summary>A function whose values are computed again for the gradient: compiled, the compiler must not merge the two runs.</summary>
public sealed class RecomputeTests
{
    [Fact]
    public void ACompiledGradientComputesTheValuesAgain()
    {
        Tensor x = Ops.RandomNormal([40, 60], seed: 1), w = Ops.RandomNormal([60, 60], seed: 2);
        Tensor Block(Tensor h) => Ops.Tanh(Ops.MatMul(Ops.Tanh(Ops.MatMul(h, w)), w));
        static Func<Tensor, Tensor> GradientOf(Func<Tensor, Tensor> block) => x =>
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(Ops.Sum(Ops.Square(block(x))), x)!;
        };
        var kept = Function.Of(GradientOf(Block));
        var again = Function.Of(GradientOf(CustomGradient.Recompute(Block)));
        Assert.True(kept.Apply(x).Bits().SequenceEqual(again.Apply(x).Bits()));
        Assert.True(kept.Apply(x).Bits().SequenceEqual(GradientOf(CustomGradient.Recompute(Block))(x).Bits()));
        Assert.Equal(4, Products(kept.Describe(x)));
        Assert.True(Products(again.Describe(x)) > 4, again.Describe(x));
    }

    [Fact]
    public void ACompiledStepKeepsLess()
    {
        var x = Ops.RandomNormal([64, 1024], seed: 1);
        static Tensor Block(Tensor h)
        {
            for (var i = 0; i < 4; i++) h = Ops.Softmax(Ops.Cumsum(Ops.Softmax(h), 1));
            return h;
        }

        Assert.True(Arena(CustomGradient.Recompute(Block)) < Arena(Block), $"{Arena(CustomGradient.Recompute(Block))} {Arena(Block)}");

        long Arena(Func<Tensor, Tensor> block)
        {
            var text = Function.Of((Tensor x) =>
            {
                using var tape = new GradientTape();
                tape.Watch(x);
                var h = x;
                for (var i = 0; i < 4; i++) h = block(h);
                return tape.Gradient(Ops.Sum(h * h), x)!;
            }).Describe(x);
            var from = text.LastIndexOf("arena of ", StringComparison.Ordinal) + "arena of ".Length;
            return long.Parse(text[from..text.IndexOf(' ', from)], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    static int Products(string text) => text[text.LastIndexOf("== execution", StringComparison.Ordinal)..].Split('\n').Count(line => line.Contains(": MatMul", StringComparison.Ordinal) || line.Contains(": Fused[MatMul", StringComparison.Ordinal));
}
