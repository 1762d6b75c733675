using Tapestry.Compiler;
using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Conv;
using Tapestry.Kernels.Threading;
using Tapestry.Tests.Contracts;
using Tapestry.Tests.Kernels.Threading;

namespace Tapestry.Tests.Compiler;

/// <summary>Operations that run beside the trace, so that the runtime has compiled their kernels when they are needed.</summary>
[Collection(nameof(ThreadCountCollection))]
public class RehearsalTests
{
    static readonly Window plain = new([1, 1], [1, 1], PaddingMode.Valid, [], []);

    public static TheoryData<string> Names => [.. OpContract.Rows.Select(row => row.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryOperationAcceptsWhatItIsRehearsedOn(string name)
    {
        var row = OpContract.Rows.Single(row => row.ToString() == name);
        if (row.Op.Rehearsal(row.Inputs) is not { } specs) return;
        Assert.Equal(row.Inputs.Length, specs.Length);
        for (var i = 0; i < specs.Length; i++)
        {
            Assert.Equal(row.Inputs[i].DType, specs[i].DType);
            Assert.True(specs[i].Shape.Size <= Math.Max(1, row.Inputs[i].Size), $"{specs[i]} is larger than {row.Inputs[i].Spec}");
        }

        row.Op.ApplyAll([.. specs.Select(spec => Ops.Zeros(spec.Shape, spec.DType))]);
    }

    [Fact]
    public void AnUnknownNumberOfRowsIsThatOfTheOthers()
    {
        static Tensor Of(params int[] dimensions) => new(new TensorSpec(new Shape(dimensions), DType.Float32), new Unbound());
        Assert.Equal([new Shape(3, 10), new Shape(3)], Rehearsal.Rows([Of(-1, 10), Of(3)], most: 4).Select(spec => spec.Shape));
        Assert.Equal([new Shape(4, 10), new Shape(4)], Rehearsal.Rows([Of(-1, 10), Of(30)], most: 4).Select(spec => spec.Shape));
        Assert.Equal([new Shape(4, 10), new Shape(10)], Rehearsal.Rows([Of(-1, 10), Of(10)], most: 4, broadcast: true).Select(spec => spec.Shape));
        Assert.Equal([new Shape(3, 10), new Shape(1, 10), new Shape(3, 1)], Rehearsal.Rows([Of(-1, 10), Of(1, 10), Of(3, 1)], most: 4, broadcast: true).Select(spec => spec.Shape));
    }

    [Theory]
    [InlineData(64, 96, 26)]
    [InlineData(256, 512, 112)]
    [InlineData(512, 512, 7)]
    [InlineData(16, 16, 56)]
    [InlineData(3, 64, 224)]
    public void AConvolutionOfUnknownBatchIsRehearsedWithTheKernelsOfALargeOne(int channels, int filters, int extent)
    {
        var filter = new Shape(3, 3, channels, filters);
        var large = new Shape(128, extent, extent, channels);
        var (x, f) = ConvShapes.Rehearsal(plain, new Shape(Shape.Unknown, extent, extent, channels), filter)!.Value;
        Assert.True(x.IsFullyKnown);
        Assert.Equal(Suits(large, filter), Suits(x, f));
        Assert.True((long)x.Size * f.Size <= (long)large.Size * filter.Size / 8);
    }

    [Fact]
    public void TrainingStepsAreRehearsedWithoutAFault()
    {
        Assert.True(SpinWait.SpinUntil(() => !Rehearsal.IsAtWork, TimeSpan.FromSeconds(60)));
        Rehearsal.Forget();
        var former = WorkerPool.ThreadCount;
        WorkerPool.ThreadCount = 2;
        try
        {
            Variable[] weights = [new(Ops.Ones([3, 3, 1, 8])), new(Ops.Ones([8 * 12 * 12, 5])), new(Ops.Zeros([5]))];
            var optimizer = new Tapestry.Keras.Adam(0.01);
            var step = Function.Of((Tensor x, Tensor labels) =>
            {
                using var tape = new GradientTape();
                var y = Ops.MaxPool(Ops.Relu(Ops.Conv2D(x, weights[0])), [2]);
                y = Ops.MatMul(Ops.Reshape(y, [-1, 8 * 12 * 12]), weights[1]) + weights[2];
                var loss = Ops.Mean(Ops.SparseSoftmaxCrossEntropyWithLogits(labels, y));
                optimizer.Apply(tape.Gradient(loss, weights), weights);
                return loss;
            });
            Assert.True(float.IsFinite((float)step.Apply(Ops.Ones([6, 26, 26, 1]), (int[])[0, 1, 2, 3, 4, 0])));
            Assert.True(SpinWait.SpinUntil(() => !Rehearsal.IsAtWork, TimeSpan.FromSeconds(60)));
            Assert.True(Rehearsal.Count > 5, $"{Rehearsal.Count} operations were rehearsed.");
            Assert.Null(Rehearsal.Failure);
        }
        finally
        {
            WorkerPool.ThreadCount = former;
        }
    }

    [Fact]
    public void LoopsAreRehearsedOnce()
    {
        LoopRehearsal.Run();
        var before = MapKernel.Count;
        LoopRehearsal.Run();
        Assert.InRange(before, 2, int.MaxValue);
        Assert.Equal(before, MapKernel.Count);
    }

    [Fact]
    public void OneThreadRehearsesNothing()
    {
        var former = WorkerPool.ThreadCount;
        Assert.True(SpinWait.SpinUntil(() => !Rehearsal.IsAtWork, TimeSpan.FromSeconds(60)));
        WorkerPool.ThreadCount = 1;
        try
        {
            var before = Rehearsal.Count;
            Function.Of((Tensor x) => Ops.MatMul(x, x)).Apply(Ops.Ones([37, 37]));
            Assert.False(Rehearsal.IsAtWork);
            Assert.Equal(before, Rehearsal.Count);
        }
        finally
        {
            WorkerPool.ThreadCount = former;
        }
    }

    [Fact]
    public void LoopsOfLentThreadsRunOnThemAlone()
    {
        var threads = new HashSet<int>();
        WorkerPool.InPlaceOfOne(() =>
        {
            var body = new Noting(threads);
            WorkerPool.Run(1000, ref body);
        });
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
    }

    [Fact]
    public void WhatIsNotKnownIsNotRehearsed()
    {
        Rehearsal.Run(new SumOp([1], false), [new TensorSpec(new Shape(4, Shape.Unknown), DType.Float32)]);
        Assert.Throws<TapestryException>(() => Rehearsal.Run(new MatMulOp(false, false), [new(new Shape(2, 3), DType.Float32), new(new Shape(2, 3), DType.Float32)]));
    }

    static bool Suits(Shape input, Shape filter) =>
        WinogradShape.IsSuitable<float>(ConvShapes.Geometry(plain, input, filter, ConvShapes.Output(plain, input, filter)));

    sealed class Unbound : Symbol
    {
        internal override object Owner => this;

        internal override string Label => "unbound";
    }

    readonly struct Noting(HashSet<int> threads) : IParallelBody
    {
        public void Invoke(int index)
        {
            lock (threads) threads.Add(Environment.CurrentManagedThreadId);
        }
    }
}
