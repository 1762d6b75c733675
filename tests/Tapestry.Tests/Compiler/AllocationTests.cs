using Tapestry.Keras;
using Tapestry.Keras.Layers;
using Tapestry.Keras.Training;

namespace Tapestry.Tests.Compiler;

/// <summary>Runs alone, since the counter of allocated bytes is that of the whole process.</summary>
[CollectionDefinition(nameof(AllocationCollection), DisableParallelization = true)]
public class AllocationCollection;

/// <summary>After the first calls a compiled step allocates nothing: neither on the thread that calls nor on those that help it.</summary>
[Collection(nameof(AllocationCollection))]
public class AllocationTests
{
    static readonly FunctionOptions Reusing = new() { ReuseResults = true };

    [Theory]
    [InlineData("dense")]
    [InlineData("dense, wide")]
    [InlineData("dropout")]
    [InlineData("convolution")]
    [InlineData("convolution, depthwise and strided")]
    [InlineData("max pooling")]
    [InlineData("average pooling")]
    [InlineData("batch normalization")]
    [InlineData("layer normalization")]
    [InlineData("sparse softmax crossentropy")]
    [InlineData("softmax crossentropy")]
    [InlineData("sigmoid crossentropy")]
    [InlineData("finite or not")]
    [InlineData("choices")]
    [InlineData("arg max")]
    [InlineData("casts")]
    [InlineData("assignments")]
    [InlineData("concatenation and views")]
    [InlineData("long short-term memory")]
    [InlineData("gated recurrent unit")]
    [InlineData("gated recurrent unit, reset first")]
    [InlineData("attention")]
    public void ACompiledStepAllocatesNothing(string name)
    {
        var (step, x) = Step(name);
        var function = Function.Of(step, Reusing);
        AssertNoAllocation(() => function.Apply(x));
    }

    [Fact]
    public void SeveralResultsAllocateNothingAndAreHandedOverAsBefore()
    {
        var array = Function.Of((Tensor x) => new[] { x + 1f, x * 2f }, Reusing);
        var pair = Function.Of((Tensor x) => (x + 1f, x * 2f), Reusing);
        var x = Wave([4, 5]);
        AssertNoAllocation(() => array.Apply(x));
        AssertNoAllocation(() => pair.Apply(x));
        var given = array.Apply(x);
        given[0] = x;
        Assert.NotSame(x, array.Apply(x)[0]);
        Assert.Equal([3, 5], array.Apply(Wave([3, 5]))[1].Shape.ToArray());
        Assert.Equal(pair.Apply(x).Item2.ToArray<float>(), array.Apply(x)[1].ToArray<float>());
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    public void ATrainingStepOfAModelAllocatesNothing(string optimizer)
    {
        var model = new Sequential([new Input([20]), new Dense(32, activation: "relu"), new Dropout(0.5), new Dense(10, activation: "softmax")]);
        model.Compile(optimizer, "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        var (x, y) = (Wave([16, 20]), Labels(16, 10));
        model.Fit(x, y, batchSize: 16, verbose: 0);
        var layout = BatchLayout.Of(new Batch(x, y, null), out var tensors);
        AssertNoAllocation(() => model.Trainer.TrainStep.Run(layout, tensors));
    }

    [Fact]
    public void AStepWithSomeRowsOfALargeTableAllocatesAndMovesNothingOfItsSize()
    {
        const int Rows = 1_000_000, Width = 64;
        var table = new Variable(Ops.Zeros([Rows, Width]));
        var optimizer = new SGD(0.1);
        var step = Function.Of(
            (Tensor indices) =>
            {
                using var tape = new GradientTape();
                var loss = Ops.Mean(Ops.Square(Ops.Gather(table, indices) - 1f));
                optimizer.Apply([tape.Gradient(loss, table)], [table]);
                return loss;
            },
            Reusing);
        Tensor indices = Enumerable.Range(0, 256).Select(i => (int)(i * 7919L % 200 * 5000)).ToArray();
        step.Apply(indices);
        var memory = table.Storage.AsSpan<float>();
        AssertNoAllocation(() => step.Apply(indices));
        Assert.True(memory.Overlaps(table.Storage.AsSpan<float>()), "the table has moved");
        Assert.InRange(System.Text.RegularExpressions.Regex.Match(step.Describe(indices), @"one arena of (\d+) bytes") is { Success: true } match ? long.Parse(match.Groups[1].Value) : -1, 0, 1 << 20);
    }

    static (Func<Tensor, Tensor> Step, Tensor X) Step(string name)
    {
        switch (name)
        {
            case "dense": return Dense(Wave([16, 20]), 20, 7);
            case "dense, wide": return Dense(Wave([64, 128]), 128, 256);
            case "dropout":
                {
                    var dropout = new Dropout(0.5, seed: 1);
                    return Trained(Wave([16, 40]), [40], (x, w) => dropout.Apply(x * w, training: true));
                }

            case "convolution": return Trained(Wave([4, 12, 12, 3]), [3, 3, 3, 8], (x, w) => Ops.Relu(Ops.BiasAdd(Ops.Conv2D(x, w, padding: "same"), Ops.Zeros([8]))));
            case "convolution, depthwise and strided": return Trained(Wave([4, 12, 12, 8]), [3, 3, 8, 1], (x, w) => Ops.DepthwiseConv(x, w, strides: [2]));
            case "max pooling": return Trained(Wave([4, 12, 12, 3]), [3], (x, w) => Ops.MaxPool(x * w, [2]));
            case "average pooling": return Trained(Wave([4, 12, 12, 3]), [3], (x, w) => Ops.AveragePool(x * w, [2], padding: "same"));
            case "batch normalization":
                {
                    var moving = new Variable(Ops.Zeros([3]), trainable: false);
                    return Trained(Wave([4, 12, 12, 3]), [3], (x, w) =>
                    {
                        var mean = Ops.Mean(x, new[] { 0, 1, 2 });
                        moving.Assign((moving * 0.9f) + (mean * 0.1f));
                        var variance = Ops.Mean(Ops.SquaredDifference(x, mean), new[] { 0, 1, 2 });
                        return (x - mean) * Ops.Rsqrt(variance + 1e-3f) * w;
                    });
                }

            case "layer normalization":
                return Trained(Wave([8, 30]), [30], (x, w) =>
                {
                    var centred = x - Ops.Mean(x, -1, keepdims: true);
                    return centred / Ops.Sqrt(Ops.Mean(centred * centred, -1, keepdims: true) + 1e-3f) * w;
                });
            case "sparse softmax crossentropy":
                {
                    var labels = Labels(16, 7);
                    return Trained(Wave([16, 20]), [20, 7], (x, w) => Ops.SparseSoftmaxCrossEntropyWithLogits(labels, Ops.MatMul(x, w)));
                }

            case "softmax crossentropy": return Trained(Wave([16, 20]), [20, 7], (x, w) => Ops.SoftmaxCrossEntropyWithLogits(Ops.Ones([16, 7]) / 7f, Ops.MatMul(x, w)));
            case "sigmoid crossentropy": return Trained(Wave([16, 20]), [20, 7], (x, w) => Ops.SigmoidCrossEntropyWithLogits(Ops.Ones([16, 7]), Ops.MatMul(x, w)));
            case "finite or not": return (x => Ops.LogicalAnd(Ops.All(Ops.IsFinite(x)), Ops.Any(Ops.IsNaN(x), 0)), Wave([16, 20]));
            case "choices":
                {
                    var kept = new Variable(Ops.Zeros([16, 20]));
                    return (x => kept.Assign(Ops.Where(Ops.All(Ops.Greater(x, -2f)), kept + x, kept)).Value + Ops.Where(Ops.Less(x, 0f), x, 1f), Wave([16, 20]));
                }

            case "arg max": return (x => Ops.Cast(Ops.Equal(Ops.ArgMax(x, -1), Ops.ArgMin(x, -1)), DType.Float32), Wave([16, 20]));
            case "casts": return (x => Ops.Cast(Ops.Cast(Ops.Cast(x, DType.Float16), DType.Int64), DType.BFloat16), Wave([16, 20]));
            case "assignments":
                {
                    // Values that cannot be computed in place: an argument, a constant, the former value of another variable, one read later.
                    var (a, b, c, d) = (new Variable(Ops.Zeros([16, 20])), new Variable(Ops.Zeros([3])), new Variable(Ops.Zeros([16, 20])), new Variable(Ops.Zeros([16, 20])));
                    return (x =>
                    {
                        Tensor before = d;
                        d.Assign(d + x);
                        c.Assign(a);
                        a.Assign(x);
                        b.Assign(Ops.Ones([3]));
                        return before * 2f;
                    }, Wave([16, 20]));
                }

            case "concatenation and views": return Trained(Wave([4, 6, 2]), [12], (x, w) => Ops.Concat([Ops.Reshape(x, [4, 12]) * w, Ops.Reshape(x, [4, 12])], 1));
            case "long short-term memory": return Trained(Wave([5, 3, 16]), [4, 16], (x, w) => Ops.Lstm(x, Ops.Zeros([3, 4]), Ops.Zeros([3, 4]), w).Outputs);
            case "gated recurrent unit": return Trained(Wave([5, 3, 12]), [4, 12], (x, w) => Ops.Gru(x, Ops.Zeros([3, 4]), w).Outputs);
            case "gated recurrent unit, reset first": return Trained(Wave([5, 3, 12]), [4, 12], (x, w) => Ops.Gru(x, Ops.Zeros([3, 4]), w, resetAfter: false).Outputs);
            case "attention": return Trained(Wave([2, 9, 2, 8]), [8], (x, w) => Ops.DotProductAttention(x * w, x, x));
            default: throw new ArgumentException(name);
        }
    }

    static (Func<Tensor, Tensor> Step, Tensor X) Dense(Tensor x, int inputs, int units)
    {
        var bias = new Variable(Ops.Zeros([units]));
        return Trained(x, [inputs, units], (x, w) => Ops.Relu(Ops.MatMul(x, w) + bias));
    }

    static (Func<Tensor, Tensor> Step, Tensor X) Trained(Tensor x, Shape weight, Func<Tensor, Tensor, Tensor> program)
    {
        var w = new Variable(Wave(weight));
        return (x =>
        {
            using var tape = new GradientTape();
            var loss = Ops.Mean(Ops.Square(program(x, w)));
            w.AssignSub(tape.Gradient(loss, w)! * 0.01f);
            return loss;
        }, x);
    }

    internal static void AssertNoAllocation(Action call)
    {
        for (var i = 0; i < 60; i++) call();
        // The host of the tests allocates a little on a thread of its own ten times a second, so the hundred calls are taken in short parts,
        // and parts that it disturbed are repeated. A step that allocates does so in every part.
        var clean = 0;
        var least = long.MaxValue;
        for (var part = 0; part < 400 && clean < 100; part++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var start = Environment.TickCount64;
            var calls = 0;
            while (calls < 20 && Environment.TickCount64 - start < 20)
            {
                call();
                calls++;
            }

            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            if (allocated == 0) clean += calls;
            else least = Math.Min(least, allocated);
        }

        Assert.True(clean >= 100, $"{clean} calls allocated nothing, the others at least {least} bytes.");
    }

    static Tensor Wave(Shape shape)
    {
        var values = new float[shape.Size];
        for (var i = 0; i < values.Length; i++) values[i] = (float)Math.Sin(i * 1.7);
        return Ops.FromSpan<float>(values, shape);
    }

    static Tensor Labels(int count, int classes) => Enumerable.Range(0, count).Select(i => i % classes).ToArray();
}
