using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Threading;
using Tapestry.Tests.Contracts.GuardPages;

namespace Tapestry.Tests.Compiler.Fusion;

/// <summary>Fused loops give the same bits as the operations one by one, compiled or as tiles, on any number of threads.</summary>
[Collection(nameof(Tapestry.Tests.Kernels.Threading.ThreadCountCollection))]
public sealed class FusionTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, GuardedMemory.Current is null && Vector256.IsHardwareAccelerated && RuntimeFeature.IsDynamicCodeSupported ? 40 : 10)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void GivesTheBitsOfSingleOperations(int group)
    {
        for (var seed = group * 10; seed < group * 10 + 10; seed++)
        {
            var program = new RandomProgram(seed);
            foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
            {
                var inputs = program.Inputs(dtype);
                Nest arguments = Nest.List([.. inputs.Select(input => (Nest)input)]);
                var expected = Leaves(program.Run(arguments));
                foreach (var (compiles, threads) in ((bool, int)[])[(true, 1), (true, 4), (false, 2)])
                {
                    var got = Compiled(program, arguments, compiles, threads);
                    for (var i = 0; i < expected.Length; i++) Assert.True(expected[i].Bytes.SequenceEqual(got[i].Bytes), $"seed {seed}, {dtype}, result {i} {expected[i].Spec}, compiles {compiles}, {threads} threads");
                }
            }
        }
    }

    [Fact]
    public void EqualStructuresAreCompiledOnce()
    {
        Function.Of((Tensor x) => Ops.Tanh(x * 0.123f) + 0.5f).Apply(Ops.Ones([3, 5]));
        // The first trace of a process has loops rehearsed.
        Assert.True(SpinWait.SpinUntil(() => !Rehearsal.IsAtWork, TimeSpan.FromSeconds(60)));
        var before = MapKernel.Count;
        Function.Of((Tensor x) => Ops.Tanh(x * 0.123f) + 0.5f).Apply(Ops.Ones([70, 2]));
        Assert.Equal(before, MapKernel.Count);
    }

    [Fact]
    public void NormalisationIsOneKernel()
    {
        var normalise = Function.Of((Tensor x) =>
        {
            var difference = x - Ops.Mean(x, -1, keepdims: true);
            return difference * Ops.Rsqrt(Ops.Mean(Ops.Square(difference), -1, keepdims: true) + 1e-3f);
        });
        Assert.Contains("execution: 1 step in order", normalise.Describe(Ops.Ones([8, 100])), StringComparison.Ordinal);
    }

    /// <summary>Several reductions of rows and of columns in one loop, at the ends that rows can have; rows of more than a block apart.</summary>
    [Theory]
    [InlineData(37, 64)]
    [InlineData(33, 65)]
    [InlineData(100, 79)]
    [InlineData(18, 1000)]
    [InlineData(9, 4096)]
    [InlineData(3, 16_384)]
    [InlineData(2, 12_289)]
    [InlineData(70, 16)]
    [InlineData(70, 17)]
    public void ReducesRowsAndColumnsInOneLoop(int rows, int columns)
    {
        Tensor x = Ops.RandomNormal([rows, columns], seed: 7), y = Ops.RandomNormal([rows, columns], seed: 8), scale = Ops.RandomNormal([columns], seed: 9);
        static Nest Program(Tensor x, Tensor y, Tensor scale)
        {
            var centred = x - Ops.Mean(x, -1, keepdims: true);
            var product = centred * y * scale;
            var rest = product - Ops.Max(centred, -1, keepdims: true) * Ops.Sum(product, -1, keepdims: true);
            return Nest.List([Ops.Sum(y, 0), Ops.Sum(product, 0), Ops.Min(product, -1), Ops.Mean(centred * y, 0), Ops.Sum(Ops.Square(rest), -1), rest + y]);
        }

        var expected = Leaves(Program(x, y, scale));
        foreach (var compiles in (bool[])[true, false])
        {
            MapKernel.Compiles = compiles;
            try
            {
                var got = Leaves(Function.Of((Tensor a, Tensor b, Tensor c) => Program(a, b, c)).Apply(x, y, scale));
                for (var i = 0; i < expected.Length; i++) Assert.True(expected[i].Bytes.SequenceEqual(got[i].Bytes), $"result {i}, compiles {compiles}");
            }
            finally
            {
                MapKernel.Compiles = true;
            }
        }
    }

    /// <summary>What is larger than the caches is stored past them, with the same result.</summary>
    [Fact]
    public void LargeResultsAreTheSame()
    {
        var length = (32 << 20) / sizeof(float) + 5;
        var values = new float[length];
        for (var i = 0; i < length; i++) values[i] = i % 1001;
        Tensor x = values;
        Tensor[] results = [x + x, Ops.Square(x), Function.Of((Tensor a) => (a + a) * a).Apply(x)];
        float[][] got = [.. results.Select(result => result.ToArray<float>())];
        for (var i = 0; i < length; i++)
        {
            if (got[0][i] != values[i] + values[i] || got[1][i] != values[i] * values[i] || got[2][i] != (values[i] + values[i]) * values[i]) Assert.Fail($"element {i}");
        }
    }

    [Fact]
    public void EightThreadsGetEightRightAnswers()
    {
        var kernel = new Variable(Ops.RandomNormal([40, 30]));
        var function = Function.Of((Tensor x) => Ops.Softmax(Ops.Relu(Ops.MatMul(x, kernel)) + 0.5f));
        Tensor[] inputs = [.. Enumerable.Range(0, 8).Select(i => Ops.RandomNormal([5 + (i % 3), 40]))];
        var expected = inputs.Select(x => Ops.Softmax(Ops.Relu(Ops.MatMul(x, kernel)) + 0.5f).ToArray<float>()).ToArray();
        var wrong = 0;
        Thread[] threads =
        [
            .. inputs.Select((x, i) => new Thread(() =>
            {
                for (var turn = 0; turn < 200; turn++)
                {
                    if (!function.Apply(x).ToArray<float>().AsSpan().SequenceEqual(expected[i])) Interlocked.Increment(ref wrong);
                }
            })),
        ];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(0, wrong);
    }

    static Tensor[] Leaves(Nest nest) => [.. nest.FlattenLeaves().Cast<Tensor>()];

    static Tensor[] Compiled(RandomProgram program, Nest arguments, bool compiles, int threads)
    {
        var former = WorkerPool.ThreadCount;
        (MapKernel.Compiles, WorkerPool.ThreadCount) = (compiles, threads);
        try
        {
            return Leaves(Function.Of((Nest inputs) => program.Run(inputs)).Apply(arguments));
        }
        finally
        {
            (MapKernel.Compiles, WorkerPool.ThreadCount) = (true, former);
        }
    }
}
