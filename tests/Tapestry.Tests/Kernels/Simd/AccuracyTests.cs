using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;
using Xunit.Abstractions;

namespace Tapestry.Tests.Kernels.Simd;

/// <summary>Errors of the elementary functions in units in the last place, over 100,000 points, and equal bits on every vector width.</summary>
public unsafe class AccuracyTests(ITestOutputHelper output)
{
    const int Points = 100_000;

    static readonly Dictionary<string, Action<ITestOutputHelper>> Cases = new()
    {
        ["Exp[-104,89]"] = o => Measure<Bodies.Exp>(o, "Exp[-104,89]", Math.Exp, -104, 89, 1, 2),
        ["Exp2[-149,128]"] = o => Measure<Bodies.Exp2>(o, "Exp2[-149,128]", x => Math.Pow(2, x), -149, 128, 1, 2),
        ["Expm1[-20,88]"] = o => Measure<Bodies.Expm1>(o, "Expm1[-20,88]", Reference.Expm1, -20, 88, 2, 4),
        ["Expm1[-0.5,0.5]"] = o => Measure<Bodies.Expm1>(o, "Expm1[-0.5,0.5]", Reference.Expm1, -0.5, 0.5, 2, 4),
        ["Log[1e-44,3e+38]"] = o => Measure<Bodies.Log>(o, "Log[1e-44,3e+38]", Math.Log, 1e-44, 3e+38, 1, 1.5),
        ["Log[0.5,2]"] = o => Measure<Bodies.Log>(o, "Log[0.5,2]", Math.Log, 0.5, 2, 1, 1.5),
        ["Log2[1e-44,3e+38]"] = o => Measure<Bodies.Log2>(o, "Log2[1e-44,3e+38]", Math.Log2, 1e-44, 3e+38, 1, 1),
        ["Log2[0.5,2]"] = o => Measure<Bodies.Log2>(o, "Log2[0.5,2]", Math.Log2, 0.5, 2, 1, 1),
        ["Log1p[-0.99999,10]"] = o => Measure<Bodies.Log1p>(o, "Log1p[-0.99999,10]", Reference.Log1p, -0.99999, 10, 1.5, 2),
        ["Log1p[1e-10,3e+38]"] = o => Measure<Bodies.Log1p>(o, "Log1p[1e-10,3e+38]", Reference.Log1p, 1e-10, 3e+38, 1.5, 2),
        ["Sin[-10,10]"] = o => Measure<Bodies.Sin>(o, "Sin[-10,10]", Math.Sin, -10, 10, 1.5, 1.5),
        ["Sin[-100000.0,100000.0]"] = o => Measure<Bodies.Sin>(o, "Sin[-100000.0,100000.0]", Math.Sin, -100000.0, 100000.0, 1.5, 1.5),
        ["Sin[100000.0,1e+30]"] = o => Measure<Bodies.Sin>(o, "Sin[100000.0,1e+30]", Math.Sin, 100000.0, 1e+30, 1.5, 1.5),
        ["Cos[-10,10]"] = o => Measure<Bodies.Cos>(o, "Cos[-10,10]", Math.Cos, -10, 10, 1.5, 1.5),
        ["Cos[-100000.0,100000.0]"] = o => Measure<Bodies.Cos>(o, "Cos[-100000.0,100000.0]", Math.Cos, -100000.0, 100000.0, 1.5, 1.5),
        ["Tan[-10,10]"] = o => Measure<Bodies.Tan>(o, "Tan[-10,10]", Math.Tan, -10, 10, 3.5, 1.5),
        ["Tan[-100000.0,100000.0]"] = o => Measure<Bodies.Tan>(o, "Tan[-100000.0,100000.0]", Math.Tan, -100000.0, 100000.0, 3.5, 1.5),
        ["Asin[-1,1]"] = o => Measure<Bodies.Asin>(o, "Asin[-1,1]", Math.Asin, -1, 1, 2, 1.5),
        ["Acos[-1,1]"] = o => Measure<Bodies.Acos>(o, "Acos[-1,1]", Math.Acos, -1, 1, 2, 1.5),
        ["Atan[-20,20]"] = o => Measure<Bodies.Atan>(o, "Atan[-20,20]", Math.Atan, -20, 20, 2, 1.5),
        ["Sinh[-89,89]"] = o => Measure<Bodies.Sinh>(o, "Sinh[-89,89]", Math.Sinh, -89, 89, 2, 1.5),
        ["Sinh[-1.5,1.5]"] = o => Measure<Bodies.Sinh>(o, "Sinh[-1.5,1.5]", Math.Sinh, -1.5, 1.5, 2, 1.5),
        ["Cosh[-89,89]"] = o => Measure<Bodies.Cosh>(o, "Cosh[-89,89]", Math.Cosh, -89, 89, 2, 1.5),
        ["Tanh[-10,10]"] = o => Measure<Bodies.Tanh>(o, "Tanh[-10,10]", Math.Tanh, -10, 10, 2.4, 4.5),
        ["Tanh[-0.5,0.5]"] = o => Measure<Bodies.Tanh>(o, "Tanh[-0.5,0.5]", Math.Tanh, -0.5, 0.5, 2.4, 4.5),
        ["Asinh[-100,100]"] = o => Measure<Bodies.Asinh>(o, "Asinh[-100,100]", Math.Asinh, -100, 100, 3, 2),
        ["Acosh[1,100]"] = o => Measure<Bodies.Acosh>(o, "Acosh[1,100]", Math.Acosh, 1, 100, 3, 2),
        ["Atanh[-0.999,0.999]"] = o => Measure<Bodies.Atanh>(o, "Atanh[-0.999,0.999]", Math.Atanh, -0.999, 0.999, 3, 2),
        ["Sigmoid[-103,30]"] = o => Measure<Bodies.Sigmoid>(o, "Sigmoid[-103,30]", Reference.Sigmoid, -103, 30, 2.4, 3),
        ["Erf[-5,5]"] = o => Measure<Bodies.Erf>(o, "Erf[-5,5]", Reference.Erf, -5, 5, 1.5, 3),
        ["Erfc[-5,9]"] = o => Measure<Bodies.Erfc>(o, "Erfc[-5,9]", Reference.Erfc, -5, 9, 3.6, 1),
        ["ErfInv[-0.99999,0.99999]"] = o => Measure<Bodies.ErfInv>(o, "ErfInv[-0.99999,0.99999]", ScalarFunctions.ErfInv.Invoke, -0.99999, 0.99999, 3.6, 1),
        ["LogGamma[0.001,50]"] = o => Measure<Bodies.LogGamma>(o, "LogGamma[0.001,50]", ScalarFunctions.LogGamma.Invoke, 0.001, 50, 0.6, 1),
        ["Digamma[0.001,50]"] = o => Measure<Bodies.Digamma>(o, "Digamma[0.001,50]", ScalarFunctions.Digamma.Invoke, 0.001, 50, 0.6, 1),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ErrorsStayWithinTheStatedUnits(string name) => Cases[name](output);

    static void Measure<TBody>(ITestOutputHelper output, string name, Func<double, double> reference, double low, double high, double single, double @double)
        where TBody : struct, IUnaryBody
    {
        var logarithmic = low > 0 && high / low > 1e6;
        var random = new Random(1);
        var x = new double[Points];
        for (var i = 0; i < Points; i++)
        {
            var u = i == 0 ? 0 : i == 1 ? 1 : random.NextDouble();
            x[i] = logarithmic ? low * Math.Pow(high / low, u) : low + (high - low) * u;
        }
        var floats = Array.ConvertAll(x, v => (float)v);
        float worst = 0, worstAt = 0;
        var y = new float[Points];
        UnaryLoop.Run<TBody, float>(default, floats, y);
        for (var i = 0; i < Points; i++)
        {
            var error = (float)Reference.Units(y[i], reference(floats[i]));
            if (!(error <= worst)) (worst, worstAt) = (error, floats[i]);
        }
        double worstDouble = 0, worstDoubleAt = 0;
        var z = new double[Points];
        UnaryLoop.Run<TBody, double>(default, x, z);
        for (var i = 0; i < Points; i++)
        {
            var error = Reference.Units(z[i], reference(x[i]));
            if (!(error <= worstDouble)) (worstDouble, worstDoubleAt) = (error, x[i]);
        }
        output.WriteLine($"ULP {name}: float32 {worst:F2} at {worstAt:G9}, float64 (against System.Math) {worstDouble:F2} at {worstDoubleAt:G17}");
        Assert.True(worst <= single, $"float32: {worst} at {worstAt:G9}");
        Assert.True(worstDouble <= @double, $"float64: {worstDouble} at {worstDoubleAt:G17}");
        Levels<TBody, float>(floats);
        Levels<TBody, double>(x);
    }

    static void Levels<TBody, T>(T[] x) where TBody : struct, IUnaryBody where T : unmanaged
    {
        // An odd offset and length, so that every width meets other lanes and a remainder.
        var count = 5001;
        T[] a = new T[count], b = new T[count], c = new T[count], d = new T[count];
        fixed (T* s = x, p = a, q = b, r = c, t = d)
        {
            UnaryLoop.Run<TBody, Lanes512<T>, T, ValueOutput>(default, s + 3, (byte*)p, count);
            UnaryLoop.Run<TBody, Lanes256<T>, T, ValueOutput>(default, s + 3, (byte*)q, count);
            UnaryLoop.Run<TBody, Lanes128<T>, T, ValueOutput>(default, s + 3, (byte*)r, count);
            for (var i = 0; i < count; i++) UnaryLoop.Run<TBody, Lanes512<T>, T, ValueOutput>(default, s + 3 + i, (byte*)(t + i), 1);
        }
        Assert.Equal(Reference.Bits(a), Reference.Bits(b));
        Assert.Equal(Reference.Bits(a), Reference.Bits(c));
        Assert.Equal(Reference.Bits(a), Reference.Bits(d));
    }
}
