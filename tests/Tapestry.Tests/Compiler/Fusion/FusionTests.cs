using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Threading;

namespace Tapestry.Tests.Compiler.Fusion;

/// <summary>Fused loops give the same bits as the operations one by one, compiled or as tiles, on any number of threads.</summary>
[Collection(nameof(Tapestry.Tests.Kernels.Threading.ThreadCountCollection))]
public sealed class FusionTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

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
