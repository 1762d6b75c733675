using Tapestry.Keras;
using Tapestry.Keras.Layers;
using Tapestry.Tests.Contracts.InstructionSets;
using Tapestry.Tests.Kernels.Memory;
using Tapestry.Tests.Kernels.Threading;

namespace Tapestry.Tests.Compiler;

/// <summary>When memory runs out, at whatever request, it is said who asked for what, and the same program works as soon as there is memory again.</summary>
[Collection(nameof(AllocationCollection))]
public sealed class MemoryFaultTests
{
    // Tensors made from numbers are no results of operations. Numbers in programs are kept: the first run, without refusals, makes them.
    static readonly Tensor Filter = Draw(3, 3, 40, 33), State = Draw(6, 20), Kernel = Draw(20, 80);

    static readonly Dictionary<string, Func<Func<Tensor[]>>> Programs = new()
    {
        ["small result"] = () => Eager(x => [Ops.Exp(x)], [7, 9]),
        ["large result"] = () => Eager(x => [Ops.BroadcastTo(x, [1_300, 7_461])], [1]),
        ["product"] = () => Eager(x => [Ops.MatMul(x, x, transposeA: true)], [70, 333]),
        ["convolution"] = () => Eager(x => [Ops.Conv2D(x, Filter, padding: "same")], [2, 13, 13, 40]),
        ["sort"] = () => Eager(x => [Ops.Sort(x), Ops.ArgSort(x), Ops.Sort(Ops.Cast(x, DType.Float16))], [3, 3000]),
        ["attention"] = () => Eager(x => [Derivative(x => Ops.DotProductAttention(x, x, x), x)], [2, 50, 3, 16]),
        ["recurrence"] = () => Eager(x => [Derivative(x => Ops.Lstm(x, State, State, Kernel).Outputs, x)], [5, 6, 80]),
        ["repeat, whose shape depends on values"] = () => Eager(x => [Ops.BooleanMask(x, Ops.Greater(x, Ops.Tanh(x)))], [40, 50]),
        ["compiled"] = () => Compiled(x => Derivative(x => Ops.Softmax(Ops.MatMul(Ops.Tanh(x), x, transposeB: true)), x), new FunctionOptions { Name = "compiled" }),
        ["compiled, reused results"] = () => Compiled(x => Ops.LogSoftmax(Ops.Cumsum(x - Ops.Mean(x, -1, keepdims: true))), new FunctionOptions { Name = "compiled", ReuseResults = true }),
        ["compiled, shape by value"] = () => Compiled(x => Ops.Tanh(Ops.BooleanMask(x, Ops.Greater(x, Ops.Tanh(x)))), new FunctionOptions { Name = "compiled" }),
        ["gradient through a compiled function"] = () =>
        {
            var function = Function.Of((Tensor x) => Ops.Sum(Ops.Tanh(Ops.MatMul(x, x))));
            return Eager(x => [Derivative(function.Apply, x)], [60, 60]);
        },
    };

    public static TheoryData<string> Names => [.. Programs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryRequestMayFailOnce(string name)
    {
        using var setting = new ThreadSetting(1);
        // Held, so that no block of theirs serves again.
        var results = Programs[name]()();
        var expected = Bytes(results);
        for (var number = 0; ; number++)
        {
            Assert.True(number < 200, "the requests have no end");
            var isComplete = false;
            OnFreshThread(() =>
            {
                var program = Programs[name]();
                using (var memory = new RefusingMemory((request, _) => request == number))
                {
                    var exception = Record.Exception(() => program());
                    isComplete = memory.Refused == 0;
                    if (isComplete)
                    {
                        Assert.Null(exception);
                        return;
                    }

                    var fault = Assert.IsType<TapestryException>(exception);
                    Assert.Contains("not enough memory", fault.Message, StringComparison.Ordinal);
                    Assert.True(fault.Subject != "Tensor", $"request {number}: {fault}");
                    Assert.Matches(@"\d+ bytes", fault.Message);
                    Assert.NotNull(fault.Remedy);
                }

                Assert.Equal(expected, Bytes(program()));
            });
            if (!isComplete) continue;
            Assert.True(number > 0, "nothing was asked for");
            GC.KeepAlive(results);
            return;
        }
    }

    [Fact]
    public void TheMessageNamesOperationBufferAndSize() => OnFreshThread(() =>
    {
        using var setting = new ThreadSetting(1);
        Assert.Matches(@"^BroadcastTo: there is not enough memory for the result\. Received: float32\[1300,7461\], 38797200 bytes\.", Message(Programs["large result"](), 38_000_000));
        Assert.Matches(@"^Sort: there is not enough memory to compute\. Received: float32\[9000\]; scratch memory ""\w+"" of \d+ bytes\.", Message(Eager(x => [Ops.Sort(x)], [9000]), 0, part: "scratch"));
        var chain = Compiled(x => Ops.Softmax(Ops.Cumsum(Ops.Softmax(Ops.Cumsum(x)))), new FunctionOptions { Name = "chain" });
        Assert.Matches(@"^chain: there is not enough memory for the intermediate values\. Received: \d+ bytes at the peak; the largest is float32\[3600\], 14400 bytes, of \S+\.", Message(chain, 28_000));
        Assert.Matches(@"^\w+: there is not enough memory for result 0 of 'chain'\. Received: float32\[3600\], 14400 bytes\.", Message(chain, 14_400, 14_400));
    });

    /// <summary>The heap of the child has 96 MB.</summary>
    [Fact]
    public async Task AProcessAtTheLimitOfItsHeapWorksOn()
    {
        var child = await ChildProcess.Run([nameof(HeapLimit)], new() { ["DOTNET_GCHeapHardLimit"] = "0x6000000" });
        Assert.True(child.ExitCode == 0, child.Output);
    }

    [Fact]
    public void WhatAHalfDoneStepHasChangedIsSaid() => OnFreshThread(() =>
    {
        using var setting = new ThreadSetting(1);
        var (first, second) = (new Variable(Ops.Zeros([50, 60]), name: "first"), new Variable(Ops.Zeros([50, 60]), name: "second"));
        var step = Function.Of((Tensor x) =>
        {
            first.AssignAdd(x);
            second.AssignAdd(Ops.Sort(x));
            return Ops.Sum(second);
        });
        var x = Draw(50, 60);
        var message = Message(() => [step.Apply(x)], 0, long.MaxValue, "scratch");
        Assert.Contains("of 2 variables that change", message, StringComparison.Ordinal);
        Assert.Contains("(first", message, StringComparison.Ordinal);
        first.Assign(Ops.Zeros([50, 60]));
        step.Apply(x);
        Assert.Equal(Bytes([x, Ops.Sort(x)]), Bytes([first, second]));
    });

    [Fact]
    public void ATrainingStepGoesOn()
    {
        using var setting = new ThreadSetting(1);
        var (x, y) = (Draw(8, 12, 12, 3), Draw(8, 4));
        for (var number = 0; number < 400; number += 7)
        {
            OnFreshThread(() =>
            {
                var model = new Sequential([new Input([12, 12, 3]), new Conv2D(8, 3, activation: "relu"), new BatchNormalization(), new Flatten(), new Dense(4)]);
                model.Compile("adam", "mse");
                using (var memory = new RefusingMemory((request, _) => request == number))
                {
                    var exception = Record.Exception(() => model.Fit(x, y, batchSize: 4, epochs: 1, verbose: 0));
                    if (memory.Refused != 0) Assert.Contains("not enough memory", Assert.IsType<TapestryException>(exception).Message, StringComparison.Ordinal);
                    else Assert.Null(exception);
                }

                var history = model.Fit(x, y, batchSize: 4, epochs: 2, verbose: 0);
                Assert.All(history["loss"], loss => Assert.True(double.IsFinite(loss)));
            });
        }
    }

    static string Message(Func<Tensor[]> program, long least, long most = long.MaxValue, string? part = null)
    {
        for (var number = 0; ; number++)
        {
            using var memory = new RefusingMemory((request, bytes) => bytes >= least && bytes <= most && (part is null || request == number));
            var exception = Record.Exception(() => program());
            Assert.True(memory.Refused != 0, "nothing was refused");
            var message = Assert.IsType<TapestryException>(exception).Message;
            if (part is null || message.Contains(part, StringComparison.Ordinal)) return message;
        }
    }

    static Func<Tensor[]> Eager(Func<Tensor, Tensor[]> program, Shape shape)
    {
        var x = Draw([.. shape.Dimensions]);
        return () => program(x);
    }

    static Func<Tensor[]> Compiled(Func<Tensor, Tensor> program, FunctionOptions options)
    {
        var function = Function.Of(program, options);
        return Eager(x => [function.Apply(x)], [60, 60]);
    }

    static Tensor Derivative(Func<Tensor, Tensor> function, Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Ops.Sum(Ops.Square(function(x))), x)!;
    }

    static Tensor Draw(params int[] shape)
    {
        var random = new Random(3);
        return Ops.FromSpan<float>([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)], shape);
    }

    static byte[] Bytes(IEnumerable<Tensor> tensors) => [.. tensors.SelectMany(tensor => tensor.Bits())];

    // Scratch memory belongs to its thread.
    static void OnFreshThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action));
        thread.Start();
        thread.Join();
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }
}
