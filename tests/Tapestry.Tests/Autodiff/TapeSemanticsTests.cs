using Tapestry.Keras;

namespace Tapestry.Tests.Autodiff;

/// <summary>What is recorded, for how long, and what comes out where nothing is.</summary>
[Trait("Category", "Quick")]
public class TapeSemanticsTests
{
    [Fact]
    public void APersistentTapeAnswersAgainAndCanRecordMore()
    {
        var x = Ops.Constant(3f);
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        var y = x * x;
        Assert.Equal(6f, (float)tape.Gradient(y, x)!);
        Assert.Equal(6f, (float)tape.Gradient(y, x)!);
        var z = y * y;
        Assert.Equal(108f, (float)tape.Gradient(z, x)!);
        Assert.Equal(18f, (float)tape.Gradient(z, y)!);
    }

    [Fact]
    public void NestsToTheThirdOrder()
    {
        var x = Ops.Constant(2f);
        using var third = new GradientTape();
        third.Watch(x);
        Tensor firstOrder, secondOrder;
        using (var second = new GradientTape())
        {
            second.Watch(x);
            using (var first = new GradientTape())
            {
                first.Watch(x);
                firstOrder = first.Gradient(Ops.Pow(x, 5f) + Ops.Sin(x), x)!;
            }

            secondOrder = second.Gradient(firstOrder, x)!;
        }

        Assert.Equal(80 + Math.Cos(2), (float)firstOrder, 1e-4);
        Assert.Equal(160 - Math.Sin(2), (float)secondOrder, 1e-4);
        Assert.Equal(240 - Math.Cos(2), (float)third.Gradient(secondOrder, x)!, 1e-4);
    }

    [Fact]
    public void GivesNothingOrZerosWhereUnconnected()
    {
        var (x, y) = (new Variable(new float[] { 1, 2 }), new Variable(Ops.Ones([3])));
        using var tape = new GradientTape(persistent: true);
        var loss = Ops.Sum(x * x);
        Assert.Null(tape.Gradient(loss, y));
        Assert.Equal([0f, 0, 0], tape.Gradient(loss, y, unconnectedGradients: UnconnectedGradients.Zero)!.ToArray<float>());
        var both = tape.Gradient(loss, [x, y]);
        Assert.Equal([2f, 4f], both[0]!.ToArray<float>());
        Assert.Null(both[1]);
        Assert.Null(tape.Gradient(Ops.StopGradient(loss), x));
    }

    [Fact]
    public void WhatIsNotOnTheTapeHasNoGradientAndTheOptimizerSaysSo()
    {
        var v = new Variable(1f, name: "kernel");
        var outside = v * v;
        using var tape = new GradientTape();
        Assert.Null(tape.Gradient(outside, v));
        var refusal = Assert.Throws<TapestryException>(() => new SGD().Apply([null], [v]));
        Assert.EndsWith(".Apply", refusal.Subject);
        Assert.Equal("no gradients for any variable", refusal.Fault);
        Assert.Contains("kernel", refusal.Received);
        Assert.Equal("at least one gradient", refusal.Expected);
        Assert.Contains("while the tape records", refusal.Remedy);
    }

    [Fact]
    public void ATensorIsRecordedOnlyFromItsWatchOn()
    {
        var x = Ops.Constant(3f);
        using var tape = new GradientTape(persistent: true);
        var early = x * x;
        tape.Watch(x);
        var late = x * 5f;
        Assert.Null(tape.Gradient(early, x));
        Assert.Equal(5f, (float)tape.Gradient(late, x)!);
    }

    [Fact]
    public void ANumberOfTheProgramIsNotTheConstantOfTheSameValue()
    {
        var two = Ops.Constant(2f);
        var also = Ops.Cast(2f, DType.Float32);
        var v = new Variable(2f);
        using var tape = new GradientTape(persistent: true);
        tape.Watch((Nest)(two, also));
        var y = two * 2f * also * Ops.Constant(2f) * v;
        Assert.Equal([16f, 16f], tape.Gradient(y, [two, also]).Select(gradient => (float)gradient!));
        v.Assign(3f);
        Assert.Equal(3f, (float)tape.Gradient(two * 3f, two, outputGradients: 1.5f)! * 2 / 3);
    }

    [Fact]
    public void RefusesToWatchABareNumber()
    {
        using var tape = new GradientTape();
        var refusal = Assert.Throws<TapestryException>(() => tape.Watch(3f));
        Assert.Equal(("GradientTape.Watch", "a tensor with a dtype of its own"), (refusal.Subject, refusal.Expected));
        Assert.Contains("3", refusal.Received);
        Assert.Contains("Ops.Constant", refusal.Remedy);
        Assert.Equal("ForwardAccumulator", Assert.Throws<TapestryException>(() => new ForwardAccumulator((Tensor)3f, Ops.Constant(1f))).Subject);
    }

    [Fact]
    public void WatchesTrainableVariablesUnlessToldOtherwise()
    {
        var (trained, frozen) = (new Variable(2f), new Variable(3f, trainable: false));
        using (var tape = new GradientTape(persistent: true))
        {
            var y = trained * frozen;
            Assert.Equal(3f, (float)tape.Gradient(y, trained)!);
            Assert.Null(tape.Gradient(y, frozen));
            Assert.Equal([trained], tape.WatchedVariables);
        }

        using (var tape = new GradientTape(persistent: true, watchAccessedVariables: false))
        {
            tape.Watch(frozen);
            var y = trained * frozen;
            Assert.Null(tape.Gradient(y, trained));
            Assert.Equal(2f, (float)tape.Gradient(y, frozen)!);
        }
    }

    [Fact]
    public void StopsAndResumes()
    {
        var v = new Variable(2f);
        using var tape = new GradientTape(persistent: true);
        Tensor unseen;
        using (tape.StopRecording())
        {
            unseen = v * v;
            Assert.Throws<TapestryException>(() => tape.StopRecording());
        }

        var seen = v * 3f;
        Assert.Null(tape.Gradient(unseen, v));
        Assert.Equal(3f, (float)tape.Gradient(seen, v)!);
        Assert.Contains("recording already", Assert.Throws<TapestryException>(() => tape.Resume()).Fault);
        tape.Dispose();
        var afterwards = v * 4f;
        Assert.Null(tape.Gradient(afterwards, v));
        using (tape.Resume()) afterwards = v * 4f;
        Assert.Equal(4f, (float)tape.Gradient(afterwards, v)!);
        tape.Reset();
        Assert.Null(tape.Gradient(afterwards, v));
    }

    [Fact]
    public void AReadingBeforeAnAssignmentKeepsItsGradient()
    {
        var v = new Variable(3f);
        using var tape = new GradientTape(persistent: true);
        var before = v * v;
        v.Assign(10f);
        var after = v * v;
        Assert.Equal(6f, (float)tape.Gradient(before, v)!);
        Assert.Equal(20f, (float)tape.Gradient(after, v)!);
        Assert.Equal(26f, (float)tape.Gradient((Nest)(Tensor[])[before, after], (Nest)v).Single());
    }

    [Fact]
    public void KeepsTheStructureOfTheSources()
    {
        var (a, b) = (Ops.Constant(2f), Ops.Constant(5f));
        using var tape = new GradientTape();
        tape.Watch((Nest)(a, b));
        var gradients = tape.Gradient(a * b, new Dictionary<string, Nest> { ["a"] = a, ["pair"] = (b, a) });
        Assert.Equal(5f, (float)gradients["a"].Single());
        Assert.Equal(2f, (float)gradients["pair"][0].Single());
        Assert.Equal(5f, (float)gradients["pair"][1].Single());
    }

    [Fact]
    public void WeighsByOutputGradients()
    {
        Tensor x = new float[] { 1, 2 };
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        var y = x * x;
        Assert.Equal([20f, 400f], tape.Gradient(y, x, outputGradients: new float[] { 10, 100 })!.ToArray<float>());
        var refusal = Assert.Throws<TapestryException>(() => tape.Gradient(y, x, outputGradients: Ops.Ones([3])));
        Assert.Equal(("GradientTape.Gradient", "an output gradient does not fit its target", "float32[3]", "float32[2]"), (refusal.Subject, refusal.Fault, refusal.Received, refusal.Expected));
    }

    [Fact]
    public void IntegersHaveNoGradients()
    {
        Tensor x = new[] { 1, 2 };
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        Assert.Null(tape.Gradient(x * x, x));
        Assert.Null(tape.Gradient(Ops.Cast(x, DType.Float32) * 2f, x));
    }

    [Fact]
    public void TapesOfOtherThreadsSeeNothing()
    {
        var v = new Variable(2f);
        using var tape = new GradientTape(persistent: true);
        Tensor elsewhere = null!;
        var other = new Thread(() => elsewhere = v * v);
        other.Start();
        other.Join();
        Assert.Null(tape.Gradient(elsewhere, v));
        Assert.Equal(4f, (float)tape.Gradient(v * v, v)!);
    }
}
