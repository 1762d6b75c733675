using Tapestry.Kernels.Loops;
using Tapestry.Kernels.Simd;
using Tapestry.Tests.Kernels.Simd;

namespace Tapestry.Tests.Operations.Elementwise;

/// <summary>The cube root over the whole range of both precisions and on every width, and the dtypes it gives.</summary>
[Trait("Category", "Quick")]
public unsafe class CbrtTests
{
    [Fact]
    public void SinglePrecisionIsRightOverItsWholeRange()
    {
        float[] x = [0, -0f, float.Epsilon, -float.Epsilon, 1e-40f, 1e-30f, -27, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, .. Enumerable.Range(0, 200_000).Select(i => BitConverter.Int32BitsToSingle(i * 21407))];
        var roots = Ops.Cbrt(x).ToArray<float>();
        for (var i = 0; i < x.Length; i++)
        {
            var exact = Math.Cbrt(x[i]);
            Assert.True(Reference.Units(roots[i], exact) <= 1 && (float.IsNaN(x[i]) || float.IsNegative(roots[i]) == float.IsNegative(x[i])), $"cbrt({x[i]:G9}) gave {roots[i]:G9}, expected {exact:G17}");
        }

        SameOnEveryWidth(x);
    }

    [Fact]
    public void DoublePrecisionIsRightOverItsWholeRange()
    {
        double[] x = [0, -0.0, double.Epsilon, -double.Epsilon, 1e-310, 1e-290, -27, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN, .. Enumerable.Range(0, 200_000).Select(i => BitConverter.Int64BitsToDouble(i * 92233720368547L))];
        var roots = Ops.Cbrt(x).ToArray<double>();
        for (var i = 0; i < x.Length; i++)
        {
            var special = x[i] == 0 || !double.IsFinite(x[i]);
            Assert.True(special ? roots[i].Equals(x[i]) && double.IsNegative(roots[i]) == double.IsNegative(x[i]) : Units(x[i], roots[i]) <= 0.51, $"cbrt({x[i]:G17}) gave {roots[i]:G17}");
        }

        SameOnEveryWidth(x);
    }

    [Fact]
    public void IntegersBecomeWhatTheyBecomeInKeras()
    {
        Assert.Equal([-3f, 2f], Ops.Cbrt(new[] { -27, 8 }).ToArray<float>());
        Assert.Equal([-3.0, 2.0], Ops.Cbrt(new[] { -27L, 8L }).ToArray<double>());
        Assert.Equal(DType.Float32, Ops.Cbrt(new[] { true }).DType);
        Assert.Equal(DType.Float32, Ops.Cbrt(8).DType);
    }

    // The platform's cube root is wrong by a unit or two itself. What the cube leaves of x says more; both are brought near 1 first, where nothing underflows.
    static double Units(double x, double root)
    {
        var exponent = Math.ILogB(x) / 3;
        var (y, t) = (Math.ScaleB(x, -3 * exponent), Math.ScaleB(root, -exponent));
        var square = t * t;
        var rest = Math.FusedMultiplyAdd(-square, t, y) - (Math.FusedMultiplyAdd(t, t, -square) * t);
        return Math.Abs(rest) / (3 * square) / (Math.BitIncrement(Math.Abs(t)) - Math.Abs(t));
    }

    static void SameOnEveryWidth<T>(T[] x)
        where T : unmanaged
    {
        T[] a = new T[x.Length], b = new T[x.Length], c = new T[x.Length];
        fixed (T* s = x, p = a, q = b, r = c)
        {
            UnaryLoop.Run<CbrtOp.Function, Lanes512<T>, T, ValueOutput>(default, s, (byte*)p, x.Length);
            UnaryLoop.Run<CbrtOp.Function, Lanes256<T>, T, ValueOutput>(default, s, (byte*)q, x.Length);
            UnaryLoop.Run<CbrtOp.Function, Lanes128<T>, T, ValueOutput>(default, s, (byte*)r, x.Length);
        }

        Assert.Equal(Reference.Bits(a), Reference.Bits(b));
        Assert.Equal(Reference.Bits(a), Reference.Bits(c));
    }
}
