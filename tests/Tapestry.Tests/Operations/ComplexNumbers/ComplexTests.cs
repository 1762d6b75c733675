using System.Numerics;
using Tapestry.Tests.Operations.Nn;

namespace Tapestry.Tests.Operations.ComplexNumbers;

/// <summary>Complex numbers and their parts.</summary>
[Trait("Category", "Quick")]
public class ComplexTests
{
    static Tensor X => FiniteDifferences.Values(1, [2, 3]);

    static Tensor Y => FiniteDifferences.Values(2, [2, 3]);

    [Fact]
    public void PartsMakeTheNumbersAgain()
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            var (a, b) = (Ops.Cast(X, dtype), Ops.Cast(Y, dtype));
            var z = Ops.Complex(a, b);
            Assert.Equal(dtype == DType.Float32 ? DType.Complex64 : DType.Complex128, z.DType);
            Assert.Equal(a.ToString(), Ops.Real(z).ToString());
            Assert.Equal(b.ToString(), Ops.Imag(z).ToString());
            Assert.Equal(Ops.Negative(b).ToString(), Ops.Imag(Ops.Conj(z)).ToString());
        }

        Assert.Same(DType.Complex64, Ops.Complex(Ops.Cast(X, DType.BFloat16), Ops.Cast(Y, DType.BFloat16)).DType);
        Assert.Equal([0.0, 0, 0, 0, 0, 0], Ops.Imag(X).ToArray<double>());
    }

    [Fact]
    public void PartsBroadcast()
    {
        var z = Ops.Complex(Ops.Constant(new[] { 1.0, 2 }), Ops.Constant(new[,] { { 3.0 }, { 4 } }));
        Assert.Equal([new Complex(1, 3), new(2, 3), new(1, 4), new(2, 4)], z.ToArray<Complex>());
        var f = Function.Of((Tensor a, Tensor b) => Ops.Complex(a, b), new FunctionOptions { InputSignature = [new TensorSpec([null], DType.Float64), new TensorSpec([null, null], DType.Float64)] });
        Assert.Equal(z.ToArray<Complex>(), f.Apply(new[] { 1.0, 2 }, new[,] { { 3.0 }, { 4 } }).ToArray<Complex>());
    }

    /// <summary>The sign of a zero says on which side of the branch cut a number lies.</summary>
    [Fact]
    public void PartsBroadcastWithTheirSigns()
    {
        Tensor real = -1f, imag = new float[] { -0f, 0f };
        Assert.Equal([-MathF.PI, MathF.PI], Ops.Angle(Ops.Complex(real, imag)).ToArray<float>());
    }

    [Fact]
    public void MagnitudesAndAnglesAreThoseOfSystemNumerics()
    {
        Complex[] values = [new(3, -4), new(0, 0), new(-1, 0), new(1e200, 1e200), new(0, -2)];
        var z = Ops.FromSpan<Complex>(values, [5]);
        Assert.Equal(values.Select(Complex.Abs), Ops.Abs(z).ToArray<double>());
        foreach (var (expected, actual) in values.Select(value => value.Phase).Zip(Ops.Angle(z).ToArray<double>())) Assert.Equal(expected, actual, 1e-15);
        Assert.Equal([Math.PI, 0], Ops.Angle(new[] { -2.0, 2 }).ToArray<double>());
    }

    [Fact]
    public void Gradients()
    {
        FiniteDifferences.Check(x => Ops.Abs(Ops.Complex(x[0], x[1])), X, Y);
        FiniteDifferences.Check(x => Ops.Angle(Ops.Complex(x[0], x[1])), X, Y);
        FiniteDifferences.Check(x => Ops.Real(Ops.Exp(Ops.Complex(x[0], x[1]))) + Ops.Imag(Ops.Conj(Ops.Complex(x[0], x[1])) * Ops.Complex(x[1], x[0])), X, Y);
        FiniteDifferences.Check(x => Ops.Imag(Ops.Exp(Ops.Complex(x[0], x[1])) / Ops.Complex(x[1], x[0] + 3.0)), X, Y);
    }

    [Fact]
    public void GradientsOfFunctions()
    {
        foreach (var function in new Func<Tensor, Tensor>[] { Ops.Exp, Ops.Log, Ops.Sin, Ops.Cos, Ops.Tanh, Ops.Sqrt, Ops.Reciprocal, Ops.Square })
        {
            FiniteDifferences.Check(x => function(Ops.Complex(x[0] + 2.0, x[1])) is var z ? Ops.Real(z) + (Ops.Imag(z) * 0.7) : null!, X, Y);
        }
    }

    [Fact]
    public void GradientsOfProducts()
    {
        static Tensor Parts(Tensor z) => Ops.Real(z) + (Ops.Imag(z) * 0.7);
        FiniteDifferences.Check(x => Parts(Ops.Square(Ops.Complex(x[0], x[1]))), X, Y);
        FiniteDifferences.Check(x => Parts(Ops.MatMul(Ops.Complex(x[0], x[1]), Ops.Complex(x[1], x[0]), transposeB: true)), X, Y);
        FiniteDifferences.Check(x => Parts(Ops.Prod(Ops.Complex(x[0], x[1]), 1)), X, Y);
        FiniteDifferences.Check(x => Parts(Ops.Mean(Ops.Complex(x[0], x[1]), 1)), X, Y);
    }

    [Fact]
    public void AMagnitudeOfZeroHandsNothingOn()
    {
        var z = Ops.Complex(Ops.Zeros([1]), Ops.Zeros([1]));
        using var tape = new GradientTape();
        tape.Watch(z);
        Assert.Equal([default], tape.Gradient(Ops.Abs(z), z)!.ToArray<Complex64>());
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        Assert.Throws<TapestryException>(() => Ops.Complex(Ops.Ones([2]), Ops.Ones([3])));
        Assert.Contains("equal shapes", Assert.Throws<TapestryException>(() => new ComplexOp().Apply(Ops.Ones([2]), Ops.Ones([3]))).Expected);
        Assert.Contains("float32", Assert.Throws<TapestryException>(() => new ComplexOp().Apply(Ops.Ones([2], DType.Int32), Ops.Ones([2], DType.Int32))).Expected);
        Assert.Contains("complex", Assert.Throws<TapestryException>(() => new RealOp().Apply(X)).Expected);
    }
}
