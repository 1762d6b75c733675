using System.Runtime.CompilerServices;
using CsCheck;

namespace Tapestry.Tests.Compiler.Execution;

/// <summary>Filters are transformed once while their variables keep their values, and never shown when they do not.</summary>
[Collection(nameof(AllocationCollection))]
public sealed class PreparationTests
{
    static readonly int[] FilterShape = [3, 3, 32, 32];

    readonly Variable filter = new(Wave(FilterShape, 1), name: "filter");
    readonly Tensor x = Wave([2, 14, 14, 32], 0);

    public enum Deed
    {
        Call,
        CallWithATape,
        CallWithOtherShapes,
        Assign,
        AssignWhatItIs,
        Train,
        TrainInPlace,
        Snapshot,
    }

    /// <summary>Whatever happens to a variable in whatever order, calls see its value.</summary>
    [Fact]
    public void CallsSeeWhateverHappensToTheVariable() => Gen.Enum<Deed>().Array[1, 24].Sample(
        deeds =>
        {
            var variable = new Variable(Wave(FilterShape, 1));
            var function = Function.Of((Tensor x) => Convolve(x, variable));
            var grow = Function.Of((Tensor x) => variable.Assign(variable * x).Value[0]);
            Tensor? snapshot = null;
            byte[]? kept = null;
            foreach (var deed in deeds)
            {
                switch (deed)
                {
                    case Deed.Call:
                        AssertSame(function, x, variable);
                        break;
                    case Deed.CallWithOtherShapes:
                        AssertSame(function, x[..1], variable);
                        break;
                    case Deed.CallWithATape:
                        AssertSameGradient(function, variable);
                        break;
                    case Deed.Assign:
                        variable.Assign(Wave(FilterShape, variable.Version));
                        break;
                    case Deed.AssignWhatItIs:
                        variable.Assign(variable.Value);
                        break;
                    case Deed.Train:
                        variable.AssignSub(variable.Value * 0.25f);
                        break;
                    case Deed.TrainInPlace:
                        grow.Apply(1.25f);
                        break;
                    case Deed.Snapshot:
                        snapshot = variable.Value;
                        kept = snapshot.Bits();
                        break;
                }
            }

            AssertSame(function, x, variable);
            if (kept is not null) Assert.True(snapshot!.Bits().SequenceEqual(kept));
        },
        iter: 60, threads: 1);

    [Fact]
    public void TheSecondCallPreparesAndTheThirdAllocatesNothing()
    {
        var function = Function.Of((Tensor x) => Convolve(x, filter), new FunctionOptions { ReuseResults = true });
        var first = function.Apply(x).Bits();
        Assert.False(filter.HasPrepared);
        Assert.True(function.Apply(x).Bits().SequenceEqual(first));
        Assert.True(filter.HasPrepared);
        var prepared = filter.Prepared(Preparation);
        AllocationTests.AssertNoAllocation(() => function.Apply(x));
        Assert.Same(prepared, filter.Prepared(Preparation));
    }

    /// <summary>Functions and shapes share what was made, and it goes when the variable changes.</summary>
    [Fact]
    public void FunctionsShareItAndItGoesWithTheValue()
    {
        var prepared = Shared();
        filter.Assign(Wave(FilterShape, 7));
        GC.Collect();
        Assert.False(prepared.IsAlive);

        // A method of its own, so that no reference is left on the stack.
        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Shared()
        {
            var (first, second) = (Function.Of((Tensor x) => Convolve(x, filter)), Function.Of((Tensor x) => Ops.Tanh(Convolve(x, filter))));
            for (var i = 0; i < 2; i++) first.Apply(x);
            var prepared = filter.Prepared(Preparation);
            for (var i = 0; i < 2; i++)
            {
                second.Apply(x);
                first.Apply(x[..1]);
            }

            Assert.Same(prepared, filter.Prepared(Preparation));
            return new WeakReference(prepared);
        }
    }

    /// <summary>What one function reads and another one changes at every step is never prepared.</summary>
    [Fact]
    public void WhatChangesBetweenCallsIsNotPrepared()
    {
        var function = Function.Of((Tensor x) => Convolve(x, filter));
        var train = Function.Of((Tensor x) => filter.Assign(filter * x).Value[0]);
        for (var i = 0; i < 4; i++)
        {
            AssertSame(function, x, filter);
            train.Apply(0.5f);
            Assert.False(filter.HasPrepared);
        }
    }

    [Fact]
    public void AFunctionThatChangesTheVariableItselfDoesNotPrepareIt()
    {
        var function = Function.Of((Tensor x) =>
        {
            var y = Convolve(x, filter);
            filter.Assign(filter * 0.5f);
            return y;
        });
        for (var i = 0; i < 3; i++)
        {
            var expected = Convolve(x, filter);
            Assert.True(function.Apply(x).Bits().SequenceEqual(expected.Bits()));
        }

        Assert.DoesNotContain("made of variables", function.Describe(x), StringComparison.Ordinal);
    }

    [Fact]
    public void WhoAsksForLessMemoryGetsNoFilterTwice()
    {
        var function = Function.Of((Tensor x) => Convolve(x, filter), new FunctionOptions { Recompute = true });
        for (var i = 0; i < 3; i++) AssertSame(function, x, filter);
        Assert.False(filter.HasPrepared);
    }

    [Fact]
    public void DescribeSaysWhatIsPrepared() =>
        Assert.Contains("made of variables in advance while they keep their values: 1 value of 70656 bytes", Function.Of((Tensor x) => Convolve(x, filter)).Describe(x), StringComparison.Ordinal);

    [Fact]
    public async Task EightThreadsGetEightRightAnswers()
    {
        var function = Function.Of((Tensor x) => Convolve(x, filter));
        var inputs = Enumerable.Range(0, 8).Select(i => Wave([2, 14, 14, 32], i)).ToArray();
        for (var round = 0; round < 4; round++)
        {
            filter.Assign(Wave(FilterShape, round));
            var expected = inputs.Select(input => Convolve(input, filter)).ToArray();
            var calls = inputs.Select((input, i) => Task.Run(() =>
            {
                for (var call = 0; call < 5; call++) Assert.True(function.Apply(input).Bits().SequenceEqual(expected[i].Bits()));
            })).ToArray();
            await Task.WhenAll(calls);
        }
    }

    static ConvolutionFilterPreparationOp Preparation => ConvolutionFilterPreparationOp.Instance;

    static Tensor Convolve(Tensor x, Tensor filter) => Ops.Relu(Ops.Conv2D(x, filter, padding: "same") + 0.25f);

    static void AssertSame(Function<Tensor, Tensor> function, Tensor x, Variable variable) => Assert.True(function.Apply(x).Bits().SequenceEqual(Convolve(x, variable).Bits()));

    void AssertSameGradient(Function<Tensor, Tensor> function, Variable variable)
    {
        Assert.True(Gradient(function.Apply).Bits().SequenceEqual(Gradient(x => Convolve(x, variable)).Bits()));

        Tensor Gradient(Func<Tensor, Tensor> convolve)
        {
            using var tape = new GradientTape();
            return tape.Gradient(Ops.Sum(convolve(x)), variable)!;
        }
    }

    static Tensor Wave(int[] shape, long phase) => Ops.FromSpan<float>([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => MathF.Sin((i * 0.37f) + phase) * 0.1f)], shape);
}
