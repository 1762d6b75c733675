using System.Numerics;
using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;

namespace Tapestry.Tests.Kernels.Simd;

[Trait("Category", "Quick")]
public unsafe class SpecialValueTests
{
    static readonly float[] Values = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, 1, -1, 0.5f, -0.5f, 2, -2, 3, -3, 1e30f, -1e30f, 1e-40f, -1e-40f, 1e-45f, 2.5f, -2.5f];

    [Fact]
    public void UnaryFunctionsAgreeWithSystemMathAtTheEdges()
    {
        Check<Bodies.Exp>(Math.Exp);
        Check<Bodies.Expm1>(Reference.Expm1);
        Check<Bodies.Log>(Math.Log);
        Check<Bodies.Log2>(Math.Log2);
        Check<Bodies.Log1p>(x => x == 0 ? x : Reference.Log1p(x));
        Check<Bodies.Sin>(Math.Sin);
        Check<Bodies.Cos>(Math.Cos);
        Check<Bodies.Tan>(Math.Tan);
        Check<Bodies.Asin>(Math.Asin);
        Check<Bodies.Acos>(Math.Acos);
        Check<Bodies.Atan>(Math.Atan);
        Check<Bodies.Sinh>(Math.Sinh);
        Check<Bodies.Cosh>(Math.Cosh);
        Check<Bodies.Tanh>(Math.Tanh);
        Check<Bodies.Asinh>(Math.Asinh);
        Check<Bodies.Acosh>(Math.Acosh);
        Check<Bodies.Atanh>(Math.Atanh);
        Check<Bodies.Sqrt>(Math.Sqrt);
        Check<Bodies.Rsqrt>(x => 1 / Math.Sqrt(x));
        Check<Bodies.Floor>(Math.Floor);
        Check<Bodies.Ceiling>(Math.Ceiling);
        Check<Bodies.Truncate>(Math.Truncate);
        Check<Bodies.Round>(Math.Round);
        Check<Bodies.Abs>(Math.Abs);
        Check<Bodies.Erf>(x => double.IsInfinity(x) ? Math.Sign(x) : ScalarFunctions.Erf.Invoke(x));
        Check<Bodies.Sigmoid>(Reference.Sigmoid);
    }

    static void Check<TBody>(Func<double, double> reference) where TBody : struct, IUnaryBody
    {
        var single = new float[Values.Length];
        UnaryLoop.Run<TBody, float>(default, Values, single);
        var wide = Values.Select(v => (double)v).ToArray();
        var y = new double[Values.Length];
        UnaryLoop.Run<TBody, double>(default, wide, y);
        for (var i = 0; i < Values.Length; i++)
        {
            var exact = reference(Values[i]);
            var message = $"{typeof(TBody).Name}({Values[i]:G9}) gave {single[i]:G9} and {y[i]:G17}, expected {exact:G17}";
            Assert.True(Reference.Units(single[i], exact) <= 4 && Reference.Units(y[i], exact) <= 4, message);
            if (exact == 0) Assert.True(float.IsNegative(single[i]) == double.IsNegative(exact) && double.IsNegative(y[i]) == double.IsNegative(exact), message);
        }
    }

    [Fact]
    public void PowersAgreeWithSystemMath()
    {
        var random = new Random(4);
        var x = new List<float>();
        var y = new List<float>();
        foreach (var a in Values) foreach (var b in Values) { x.Add(a); y.Add(b); }
        for (var i = 0; i < 100_000; i++)
        {
            x.Add((float)Math.Pow(10, random.NextDouble() * 20 - 10));
            y.Add((float)(random.NextDouble() * 16 - 8));
        }
        for (var i = 0; i < 50_000; i++)
        {
            x.Add((float)(1 + (random.NextDouble() - 0.5) * 0.1));
            y.Add((float)(random.NextDouble() * 2000 - 1000));
        }
        float[] a1 = [.. x], b1 = [.. y], z = new float[x.Count];
        BinaryLoop.Run<Bodies.Pow, float>(default, a1, b1, z);
        for (var i = 0; i < z.Length; i++)
        {
            var exact = Math.Pow(a1[i], b1[i]);
            if (!(Reference.Units(z[i], exact) <= 1.6)) Assert.Fail($"pow({a1[i]:G9}, {b1[i]:G9}) gave {z[i]:G9}, expected {exact:G17}, {Reference.Units(z[i], exact)} units");
        }
        BinaryLoop.Run<Bodies.Atan2, float>(default, a1, b1, z);
        for (var i = 0; i < z.Length; i++)
        {
            var exact = Math.Atan2(a1[i], b1[i]);
            if (!(Reference.Units(z[i], exact) <= 3) || float.IsNegative(z[i]) != double.IsNegative(exact) && !double.IsNaN(exact))
                Assert.Fail($"atan2({a1[i]:G9}, {b1[i]:G9}) gave {z[i]:G9}, expected {exact:G17}");
        }
    }

    [Fact]
    public void MaximumAndMinimumAreTensorFlows()
    {
        float[] a = [0f, -0f, float.NaN, 1, 2, float.NegativeInfinity], b = [-0f, 0f, 1, float.NaN, 3, 5], y = new float[6];
        BinaryLoop.Run<Bodies.Maximum, float>(default, a, b, y);
        Assert.Equal(Reference.Bits([-0f, 0f, 0, 0, 3, 5]), Reference.Bits([y[0], y[1], 0, 0, y[4], y[5]]));
        Assert.True(float.IsNaN(y[2]) && float.IsNaN(y[3]));
        BinaryLoop.Run<Bodies.Minimum, float>(default, a, b, y);
        Assert.Equal(Reference.Bits([-0f, 0f, 0, 0, 2, float.NegativeInfinity]), Reference.Bits([y[0], y[1], 0, 0, y[4], y[5]]));
        Assert.True(float.IsNaN(y[2]) && float.IsNaN(y[3]));
    }

    [Fact]
    public void IntegersDivideAsInTensorFlow()
    {
        int[] a = [7, -7, 7, -7, 5, int.MinValue, 0], b = [2, 2, -2, -2, 0, -1, -3], y = new int[7];
        BinaryLoop.Run<Bodies.FloorDivide, int>(default, a, b, y);
        Assert.Equal([3, -4, -4, 3, 0, int.MinValue, 0], y);
        BinaryLoop.Run<Bodies.FloorModulo, int>(default, a, b, y);
        Assert.Equal([1, 1, -1, -1, 0, 0, 0], y);
        BinaryLoop.Run<Bodies.Divide, int>(default, a, b, y);
        Assert.Equal([3, -3, -3, 3, 0, int.MinValue, 0], y);
        BinaryLoop.Run<Bodies.TruncateModulo, int>(default, a, b, y);
        Assert.Equal([1, -1, 1, -1, 0, 0, 0], y);
        BinaryLoop.Run<Bodies.ShiftLeft, int>(default, [1, 3, -1], [31, 35, 1], y.AsSpan(0, 3));
        Assert.Equal([int.MinValue, int.MinValue, -2], y[..3]);
        BinaryLoop.Run<Bodies.ShiftRight, int>(default, [1, -8, -1], [0, 1, 99], y.AsSpan(0, 3));
        Assert.Equal([1, -4, -1], y[..3]);
        sbyte[] small = new sbyte[3];
        BinaryLoop.Run<Bodies.Multiply, sbyte>(default, [100, -128, 3], [2, -1, 5], small);
        Assert.Equal([-56, -128, 15], small);
        ulong[] large = new ulong[2];
        BinaryLoop.Run<Bodies.FloorDivide, ulong>(default, [ulong.MaxValue, 5], [2, 0], large);
        Assert.Equal([ulong.MaxValue / 2, 0UL], large);
        float[] remainders = new float[4];
        BinaryLoop.Run<Bodies.FloorModulo, float>(default, [2, -0f, -5.5f, 5.5f], [float.NegativeInfinity, float.PositiveInfinity, 2, -2], remainders);
        Assert.Equal([float.NegativeInfinity, -0f, 0.5f, -0.5f], remainders);
    }

    [Fact]
    public void GammaFunctionsMatchPublishedValues()
    {
        // Abramowitz & Stegun, tables 6.1 and 6.3; erf: table 7.1.
        Assert.Equal(0.5723649429247001, ScalarFunctions.LogGamma.Invoke(0.5), 3e-15);
        Assert.Equal(-0.12078223763524522, ScalarFunctions.LogGamma.Invoke(1.5), 1e-15);
        Assert.Equal(359.1342053695754, ScalarFunctions.LogGamma.Invoke(100), 1e-12);
        Assert.Equal(1.2655121234846454, ScalarFunctions.LogGamma.Invoke(-0.5), 1e-14);
        Assert.Equal(0, ScalarFunctions.LogGamma.Invoke(2), 1e-16);
        Assert.Equal(-0.57721566490153286, ScalarFunctions.Digamma.Invoke(1), 1e-14);
        Assert.Equal(-1.9635100260214235, ScalarFunctions.Digamma.Invoke(0.5), 1e-14);
        Assert.Equal(0.03648997397857652, ScalarFunctions.Digamma.Invoke(-0.5), 1e-14);
        Assert.Equal(0.84270079294971487, ScalarFunctions.Erf.Invoke(1), 1e-15);
        Assert.Equal(0.99532226501895273, ScalarFunctions.Erf.Invoke(2), 1e-15);
        Assert.Equal(1.5374597944280349e-12, ScalarFunctions.Erfc.Invoke(5), 1e-25);
        Assert.Equal(0.47950012218695346, ScalarFunctions.Erfc.Invoke(0.5), 1e-15);
        Assert.Equal(0.47693627620446987, ScalarFunctions.ErfInv.Invoke(0.5), 1e-15);
        for (var y = 0.01; y < 5; y += 0.01) Assert.Equal(y, ScalarFunctions.ErfInv.Invoke(ScalarFunctions.Erf.Invoke(y)), 1e-15 + 1e-15 * Math.Exp(y * y));
    }

    [Fact]
    public void ComplexAndAttributesPassThroughTheSameLoops()
    {
        Complex[] x = [new(1, 2), new(-3, 0.5)], y = new Complex[2];
        UnaryLoop.Run<Bodies.Exp, Complex>(default, x, y);
        Assert.Equal(x.Select(Complex.Exp), y);
        BinaryLoop.Run<Bodies.Multiply, Complex>(default, x, x, y);
        Assert.Equal(x.Select(v => v * v), y);
        Complex64[] narrow = [new(1, 2)], square = new Complex64[1];
        BinaryLoop.Run<Bodies.Multiply, Complex64>(default, narrow, narrow, square);
        Assert.Equal(new Complex64(-3, 4), square[0]);
        float[] slopes = [-2, 3, -0.5f];
        UnaryLoop.Run(new Bodies.LeakyRelu(0.25), slopes, slopes);
        Assert.Equal([-0.5f, 3, -0.125f], slopes);
        Half[] halves = [(Half)(-2), (Half)3], result = new Half[2];
        UnaryLoop.Run(new Bodies.LeakyRelu(0.25), halves, result);
        Assert.Equal([(Half)(-0.5), (Half)3], result);
    }
}
