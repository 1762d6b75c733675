using Tapestry.Keras;
using Tapestry.Keras.Configuration;
using Tapestry.Keras.Layers;
using Tapestry.Kernels.Threading;

namespace Tapestry.Tests.Keras.Optimizers;

/// <summary>Steps with gradients that consist of rows.</summary>
public class RowGradientTests
{
    const int Rows = 700, Width = 37, Count = 1500;

    public static TheoryData<string> Optimizers => [.. ObjectRegistry.All(typeof(Optimizer)).Where(type => type.Assembly == typeof(Optimizer).Assembly && type != typeof(LossScaleOptimizer)).Select(type => ObjectNames.Of(type).ToLowerInvariant())];

    [Theory, MemberData(nameof(Optimizers))]
    public void AreThoseOfTheWholeGradientWhereNoRowRepeats(string name)
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64, DType.BFloat16 })
        {
            var (whole, rows) = (Variable(dtype), Variable(dtype));
            var (first, second) = ((Optimizer)name, (Optimizer)name);
            for (var step = 0; step < 3; step++)
            {
                var gradient = Gradient(step, dtype, repeats: false);
                first.Apply([Ops.Constant(Ops.Cast(gradient, DType.Float64).ToArray(), dtype)], [whole]);
                second.Apply([gradient], [rows]);
            }

            Assert.Equal(Values(whole), Values(rows));
        }
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void DependNeitherOnCompilationNorOnTheThreads(string name)
    {
        var former = WorkerPool.ThreadCount;
        double[]? expected = null;
        try
        {
            foreach (var threads in new[] { 1, 2, 4 })
            {
                WorkerPool.ThreadCount = threads;
                var (eager, compiled) = (Variable(DType.Float32), Variable(DType.Float32));
                var (first, second) = ((Optimizer)name, (Optimizer)name);
                var step = Function.Of((Tensor values, Tensor places) =>
                {
                    second.Apply([new IndexedSlices(values, places, [Rows, Width])], [compiled]);
                    return Ops.Sum(values);
                });
                for (var i = 0; i < 3; i++)
                {
                    var gradient = Gradient(i, DType.Float32, repeats: true);
                    first.Apply([gradient], [eager]);
                    step.Apply(IndexedSlices.Of(gradient)!.Values, IndexedSlices.Of(gradient)!.Indices);
                }

                expected ??= Values(eager);
                Assert.Equal(expected, Values(eager));
                if (name != "lamb") Assert.Equal(expected, Values(compiled));
            }
        }
        finally
        {
            WorkerPool.ThreadCount = former;
        }
    }

    [Fact]
    public void DescentWithRepeatedRowsHasTheBitsOfTheWholeGradient()
    {
        var (whole, rows) = (Variable(DType.Float32), Variable(DType.Float32));
        var gradient = Gradient(1, DType.Float32, repeats: true);
        new SGD(0.1).Apply([gradient * 1f], [whole]);
        new SGD(0.1).Apply([gradient], [rows]);
        Assert.Equal(Values(whole), Values(rows));
    }

    [Theory]
    [InlineData("clipnorm", 0.1)]
    [InlineData("clipvalue", 0.2)]
    [InlineData("global_clipnorm", 0.1)]
    [InlineData("weight_decay", 0.3)]
    [InlineData("loss_scale_factor", 8.0)]
    [InlineData("gradient_accumulation_steps", 2L)]
    [InlineData("use_ema", true)]
    public void OptionsActAsOnTheWholeGradient(string option, object value)
    {
        Optimizer Make() => (Optimizer)ObjectConfig.Create(typeof(Adam), new Dictionary<string, object?>(new Adam(0.1).GetConfig()) { [option] = value });
        var (whole, rows) = (Variable(DType.Float32), Variable(DType.Float32));
        var (first, second) = (Make(), Make());
        for (var step = 0; step < 4; step++)
        {
            var gradient = Gradient(step, DType.Float32, repeats: false);
            first.Apply([gradient * 1f], [whole]);
            second.Apply([gradient], [rows]);
        }

        first.FinalizeVariableValues();
        second.FinalizeVariableValues();
        var (expected, actual) = (Values(whole), Values(rows));
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5);
    }

    [Fact]
    public void LossScalesActOnRows()
    {
        var (whole, rows) = (Variable(DType.Float32), Variable(DType.Float32));
        var gradient = Gradient(1, DType.Float32, repeats: false);
        new LossScaleOptimizer(new SGD(0.1)).Apply([gradient * 1f], [whole]);
        new LossScaleOptimizer(new SGD(0.1)).Apply([gradient], [rows]);
        Assert.Equal(Values(whole), Values(rows));
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adagrad")]
    public void AnEmptyListChangesNothing(string name)
    {
        var variable = Variable(DType.Float32);
        var before = Values(variable);
        ((Optimizer)name).Apply([new IndexedSlices(Ops.Zeros([0, Width]), Ops.Zeros([0], DType.Int32), [Rows, Width])], [variable]);
        Assert.Equal(before, Values(variable));
    }

    [Fact]
    public void PlacesOutOfRangeAreRefused()
    {
        var variable = Variable(DType.Float32);
        var optimizer = new SGD(0.1);
        var step = Function.Of((Tensor places) =>
        {
            optimizer.Apply([new IndexedSlices(Ops.Ones([1, Width]), places, [Rows, Width])], [variable]);
            return Ops.Sum(places);
        });
        Assert.Contains("out of range", Assert.Throws<TapestryException>(() => step.Apply(new[] { Rows })).Message);
    }

    [Fact]
    public void AnEmbeddingLearnsByItsRows()
    {
        var model = new Sequential([new Input([3], dtype: DType.Int32), new Embedding(50, 4), new Flatten(), new Dense(1)]);
        model.Compile(new SGD(0.5), "mse");
        Tensor x = new[,] { { 1, 2, 3 }, { 4, 4, 5 }, { 6, 1, 1 }, { 9, 8, 7 } }, y = new float[,] { { 1 }, { -1 }, { 2 }, { 0 } };
        var before = model.TrainableVariables[0].Value.ToArray<float>();
        model.Fit(x, y, epochs: 60, batchSize: 4, verbose: 0);
        Assert.True(model.Evaluate(x, y, verbose: 0)["loss"] < 0.05);
        var after = model.TrainableVariables[0].Value.ToArray<float>();
        Assert.Equal(before[40..], after[40..]);
        Assert.NotEqual(before[4..8], after[4..8]);
    }

    static Variable Variable(DType dtype) => new(Ops.Cast(Ops.StatelessUniform([Rows, Width], new[] { 1, 2 }, -1, 1), dtype), name: "embeddings") { Path = "embedding/embeddings" };

    static Tensor Gradient(int step, DType dtype, bool repeats)
    {
        var places = Enumerable.Range(0, repeats ? Count : 300).Select(i => ((i * 389) + step) % (repeats ? 200 : Rows)).ToArray();
        return new IndexedSlices(Ops.Cast(Ops.StatelessUniform([places.Length, Width], new[] { 5, step }, -1, 1), dtype), places, [Rows, Width]);
    }

    static double[] Values(Variable variable) => Ops.Cast(variable.Value, DType.Float64).ToArray<double>();
}
