namespace Tapestry.Tests.Compiler.Passes;

/// <summary>The gradient of a rectifier that the gradient of a maximum pooling behind it does along the way.</summary>
public sealed class AbsorptionTests
{
    const string Unchanged = "== absorption: no change";

    static readonly Tensor pictures = Values(2, 6, 7, 5);

    /// <summary>Windows side by side and overlapping: the same bits as operation by operation.</summary>
    [Theory]
    [InlineData(2, 2, "valid")]
    [InlineData(3, 1, "same")]
    [InlineData(3, 2, "same")]
    public void ThePoolingDoesTheRectifier(int size, int stride, string padding) =>
        Compare(x => Gradient(x, y => Ops.MaxPool(y, [size], [stride], padding)), isAbsorbed: true, pictures, pictures[..1]);

    /// <summary>A pooling of something else than the rectifier's result, or one whose gradient somebody else reads too, leaves the rectifier its own.</summary>
    [Fact]
    public void OthersStay()
    {
        Compare(x => Gradient(x, y => Ops.MaxPool(y * 2, [2])), isAbsorbed: false, pictures);
        Compare(x => Gradient(x, y => Ops.MaxPool(y, [2]) + Ops.MaxPool(-y, [2])), isAbsorbed: false, pictures);
        Compare(x => Gradient(x, y => Ops.AveragePool(y, [2])), isAbsorbed: false, pictures);
        Compare(
            x =>
            {
                using var tape = new GradientTape();
                tape.Watch(x);
                var y = Ops.Relu(x);
                var gradients = tape.Gradient(Ops.Sum(Ops.Square(Ops.MaxPool(y, [2]))), [x, y]);
                return gradients[0]! + gradients[1]!;
            },
            isAbsorbed: false,
            pictures);
    }

    [Fact]
    public void TheGradientOfTheGradientIsThatOfSingleOperations()
    {
        var compiled = Function.Of((Tensor x) => Gradient(x, y => Ops.MaxPool(y, [3], [2])));
        Tensor Second(Func<Tensor, Tensor> first)
        {
            using var tape = new GradientTape();
            tape.Watch(pictures);
            return tape.Gradient(Ops.Sum(Ops.Square(first(pictures))), pictures)!;
        }

        var expected = Second(x => Gradient(x, y => Ops.MaxPool(y, [3], [2])));
        Assert.Contains(expected.ToArray<float>(), value => value != 0);
        Assert.Equal(expected.ToArray<float>(), Second(x => compiled.Apply(x)).ToArray<float>());
    }

    static Tensor Gradient(Tensor x, Func<Tensor, Tensor> pool)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Ops.Sum(Ops.Square(pool(Ops.Relu(x)))), x)!;
    }

    static void Compare(Func<Tensor, Tensor> gradient, bool isAbsorbed, params Tensor[] batches)
    {
        // From the second batch on the number of pictures is unknown to the trace.
        var function = Function.Of(gradient, new FunctionOptions { ReduceRetracing = true });
        foreach (var batch in batches)
        {
            var (expected, actual) = (gradient(batch).ToArray<float>(), function.Apply(batch).ToArray<float>());
            Assert.Contains(expected, value => value != 0);
            Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
            Assert.Equal(isAbsorbed, !function.Describe(batch).Contains(Unchanged, StringComparison.Ordinal));
        }
    }

    static Tensor Values(params int[] shape)
    {
        // Few distinct values: greatest elements are met twice, and windows without a positive one.
        var random = new Random(5);
        var values = new float[shape.Aggregate(1, (size, length) => size * length)];
        for (var i = 0; i < values.Length; i++) values[i] = random.Next(-6, 3);
        return Ops.FromSpan<float>(values, shape);
    }
}
