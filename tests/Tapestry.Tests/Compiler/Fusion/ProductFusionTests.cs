using Tapestry.Kernels.Codegen;
using Tapestry.Tests.Kernels.Threading;

namespace Tapestry.Tests.Compiler.Fusion;

/// <summary>Elementwise operations that alone read a product run on its blocks, with the bits of the operations one by one.</summary>
[Collection(nameof(ThreadCountCollection))]
public sealed class ProductFusionTests
{
    static readonly Dictionary<string, (Func<Tensor[], Nest> Program, int[][] Shapes, string Step)> Fused = new()
    {
        ["bias and rectifier"] = (x => Ops.Relu(Ops.MatMul(x[0], x[1]) + x[2]), [[70, 90], [90, 50], [50]], "Fused[MatMul+Add+Relu]"),
        ["a single operation"] = (x => Ops.Tanh(Ops.MatMul(x[0], x[1], transposeA: true)), [[90, 70], [90, 48]], "Fused[MatMul+Tanh]"),
        ["rows of many dimensions"] = (x => Ops.Sigmoid(Ops.MatMul(x[0], x[1]) + x[2]), [[3, 5, 7, 20], [20, 33], [33]], "Fused[MatMul+Add+Sigmoid]"),
        ["a vector times a matrix"] = (x => Ops.Relu(Ops.MatMul(x[0], x[1]) + x[2]), [[300], [300, 500], [500]], "Fused[MatMul+Add+Relu]"),
        ["several results"] = (x => Both(Ops.MatMul(x[0], x[1]) + x[2]), [[33, 20], [20, 40], [40]], "Fused[MatMul+Add+Sigmoid+Exp+Greater]"),
        ["rows hardly longer than a vector"] = (x => Ops.Relu(Ops.MatMul(x[0], x[1]) + x[2]), [[33, 20], [20, 10], [10]], "Fused[MatMul+Add+Relu]"),
        ["one after the other"] = (x => Ops.Tanh(Ops.MatMul(Ops.Tanh(Ops.MatMul(x[0], x[1])), x[1])), [[33, 20], [20, 20]], "Fused[MatMul+Tanh]"),
        ["strided convolution"] = (x => Ops.Relu(Ops.Conv2D(x[0], x[1], [2], "same") + x[2]), [[2, 15, 17, 3], [3, 3, 3, 32], [32]], "Fused[Convolution+Add+Relu]"),
        ["3x3 convolution"] = (x => Ops.Relu(Ops.Conv2D(x[0], x[1], padding: "same") + x[2]), [[2, 19, 17, 32], [3, 3, 32, 48], [48]], "Fused[Convolution+Add+Relu]"),
        ["1x1 convolution"] = (x => Ops.Relu(Ops.Conv2D(x[0], x[1]) * x[2] + x[3]), [[2, 9, 11, 24], [1, 1, 24, 40], [40], [40]], "Fused[Convolution+Multiply+Add+Relu]"),
        ["grouped convolution"] = (x => Ops.Relu(Ops.Conv2D(x[0], x[1]) + x[2]), [[2, 9, 8, 32], [3, 3, 16, 32], [32]], "Fused[Convolution+Add+Relu]"),
        ["depthwise convolution"] = (x => Ops.Relu6(Ops.DepthwiseConv(x[0], x[1], padding: "same") * x[2] + x[3]), [[2, 9, 11, 20], [3, 3, 20, 1], [20], [20]], "Fused[Convolution+Multiply+Add+Relu6]"),
        ["convolution of sequences"] = (x => Ops.Relu(Ops.Conv1D(x[0], x[1], padding: "causal") + x[2]), [[2, 19, 10], [3, 10, 32], [32]], "Fused[Convolution+Add+Relu]"),
        ["transposed convolution"] = (x => Ops.Relu(Ops.ConvTranspose(x[0], x[1], [2], "same") + x[2]), [[2, 7, 6, 12], [3, 3, 20, 12], [20]], "Fused[ConvolutionTranspose+Add+Relu]"),
    };

    static readonly Dictionary<string, (Func<Tensor[], Nest> Program, int[][] Shapes)> NotFused = new()
    {
        ["a residual of the left operand"] = (x => Ops.MatMul(x[0], x[1], transposeB: true) * x[2] + x[0], [[40, 64], [64, 64], [40, 1]]),
        ["masks"] = (x => Ops.Where(Ops.Greater(x[2], 0f), Ops.MatMul(x[0], x[1]), x[2] * 2f), [[33, 20], [20, 40], [33, 40]]),
        ["two products"] = (x => Ops.Relu(Ops.MatMul(x[0], x[1]) + Ops.MatMul(x[2], x[3])), [[33, 20], [20, 40], [33, 10], [10, 40]]),
        ["1x1 convolution with a shortcut"] = (x => Ops.Relu(Ops.Conv2D(x[0], x[1]) * x[2] + x[3]), [[2, 9, 11, 24], [1, 1, 24, 40], [40], [2, 9, 11, 40]]),
        ["a product that is returned"] = (x => Pair(Ops.MatMul(x[0], x[1])), [[33, 20], [20, 40]]),
        ["a product with two readers"] = (x => Ops.Relu(Ops.MatMul(x[0], x[1])) + Ops.Concat([Ops.MatMul(x[0], x[1]), x[2]], 0)[..33], [[33, 20], [20, 40], [33, 40]]),
        ["many right matrices"] = (x => Ops.Relu(Ops.MatMul(x[0], x[1])), [[3, 33, 20], [3, 20, 40]]),
        ["short rows"] = (x => Ops.Relu(Ops.MatMul(x[0], x[1]) + x[2]), [[33, 20], [20, 7], [7]]),
        ["a factor of every picture"] = (x => Ops.Conv2D(x[0], x[1]) * x[2], [[2, 9, 11, 24], [1, 1, 24, 40], [2, 1, 1, 40]]),
        ["a product that is stretched"] = (x => Ops.MatMul(x[0], x[1]) + x[2], [[1, 20], [20, 40], [33, 40]]),
    };

    public static TheoryData<string> FusedCases => [.. Fused.Keys];

    public static TheoryData<string> NotFusedCases => [.. NotFused.Keys];

    [Theory]
    [MemberData(nameof(FusedCases))]
    public void BlocksAreFinishedInOneStep(string name)
    {
        var (program, shapes, step) = Fused[name];
        foreach (var (dtype, compiles) in ((DType, bool)[])[(DType.Float32, true), (DType.Float64, true), (DType.Float32, false)])
        {
            var description = Check(program, Arguments(shapes, dtype), compiles, $"{name}, {dtype}");
            Assert.Contains(step, description, StringComparison.Ordinal);
            Assert.Contains(", each block: map", description, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(NotFusedCases))]
    public void OtherProductsAreStepsOfTheirOwn(string name)
    {
        var (program, shapes) = NotFused[name];
        Assert.DoesNotContain("each block", Check(program, Arguments(shapes, DType.Float32), compiles: true, name), StringComparison.Ordinal);
    }

    /// <summary>New values of variables are computed in their memory, where no product can be made.</summary>
    [Fact]
    public void ANewValueOfAVariableStaysInPlace()
    {
        var w = new Variable(Ops.Ones([20, 40]));
        var step = Function.Of((Tensor x, Tensor y) =>
        {
            w.AssignSub(Ops.MatMul(x, y, transposeA: true) * 0.01f);
            return Ops.Sum(x);
        });
        var (x, y) = (Ops.Ones([8, 20]), Ops.Ones([8, 40]));
        Assert.DoesNotContain("each block", step.Describe(x, y), StringComparison.Ordinal);
        var memory = w.Storage.AsSpan<float>();
        step.Apply(x, y);
        Assert.True(memory.Overlaps(w.Storage.AsSpan<float>()), "the variable has moved");
        Assert.All(w.Value.ToArray<float>(), value => Assert.Equal(0.92f, value, 1e-6f));
    }

    /// <summary>A value after the product that others read is stored rather than computed again, since the product itself is gone.</summary>
    [Fact]
    public void TheProductIsNotKeptForACheapCopy()
    {
        var step = Function.Of((Tensor x, Tensor w, Tensor b) =>
        {
            var sum = Ops.MatMul(x, w) + b;
            var after = Ops.Concat([Ops.Tanh(sum), x], 1)[.., ..40];
            return sum * after + after;
        });
        var text = step.Describe(Ops.Ones([32, 40]), Ops.Ones([40, 40]), Ops.Ones([40]));
        Assert.Contains("Fused[MatMul+Add+Tanh] -> float32[32,40] in the arena", text, StringComparison.Ordinal);
        Assert.Contains("MatMul, each block: map", text, StringComparison.Ordinal);
    }

    static Nest Both(Tensor sum) => Nest.List([Ops.Sigmoid(sum), Ops.Exp(sum), Ops.Greater(sum, 0f)]);

    static Nest Pair(Tensor product) => Nest.List([product, Ops.Relu(product)]);

    static Tensor[] Arguments(int[][] shapes, DType dtype) => [.. shapes.Select((shape, i) => Ops.Cast(Ops.RandomNormal([.. shape], seed: i + 1), dtype))];

    /// <summary>Compares a program with itself run operation by operation, and gives the description of the compiled form.</summary>
    static string Check(Func<Tensor[], Nest> program, Tensor[] arguments, bool compiles, string name)
    {
        var expected = Leaves(program(arguments));
        foreach (var threads in (int[])[1, 4])
        {
            using var setting = new ThreadSetting(threads);
            MapKernel.Compiles = compiles;
            try
            {
                var function = Function.Of((Nest x) => program([.. x.FlattenLeaves().Cast<Tensor>()]));
                Nest packed = Nest.List([.. arguments.Select(argument => (Nest)argument)]);
                // Twice: nothing of the first run stays in the plan.
                function.Apply(packed);
                var got = Leaves(function.Apply(packed));
                for (var i = 0; i < expected.Length; i++) Assert.True(expected[i].Bytes.SequenceEqual(got[i].Bytes), $"{name}, result {i} {expected[i].Spec}, compiles {compiles}, {threads} threads");
                if (threads > 1) return function.Describe(packed);
            }
            finally
            {
                MapKernel.Compiles = true;
            }
        }

        return "";
    }

    static Tensor[] Leaves(Nest nest) => [.. nest.FlattenLeaves().Cast<Tensor>()];
}
