using System.Runtime.InteropServices;
using Tapestry.Kernels.Simd;

namespace Tapestry.Tests.Kernels.Simd;

/// <summary>Double precision references and the measure of errors.</summary>
static class Reference
{
    public static double Units(float actual, double exact)
    {
        var rounded = (float)exact;
        if (float.IsNaN(actual) || float.IsNaN(rounded) || float.IsInfinity(actual) || float.IsInfinity(rounded))
            return actual.Equals(rounded) ? 0 : double.PositiveInfinity;
        // Zero has no exponent: what lies beside it is measured in the smallest numbers.
        var unit = exact == 0 ? float.Epsilon : Math.Max(Math.Pow(2, Math.ILogB(exact) - 23), float.Epsilon);
        return Math.Abs(actual - exact) / unit;
    }

    public static double Units(double actual, double exact)
    {
        if (!double.IsFinite(actual) || !double.IsFinite(exact)) return actual.Equals(exact) ? 0 : double.PositiveInfinity;
        return Math.Abs(actual - exact) / Math.Max(double.BitIncrement(Math.Abs(exact)) - Math.Abs(exact), double.Epsilon);
    }

    public static double Expm1(double x) => Math.Abs(x) < 0.5 ? 2 * Math.Exp(x / 2) * Math.Sinh(x / 2) : Math.Exp(x) - 1;

    public static double Log1p(double x)
    {
        if (Math.Abs(x) > 0.7) return Math.Log(1 + x);
        // 2 artanh(x / (2 + x)).
        double s = x / (2 + x), square = s * s, sum = 0;
        for (var k = 25; k >= 0; k--) sum = sum * square + 1.0 / (2 * k + 1);
        return 2 * s * sum;
    }

    public static double Sigmoid(double x) => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x));

    public static double Softplus(double x) => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)));

    public static double Erf(double x) => ScalarFunctions.Erf.Invoke(x);

    public static double Erfc(double x) => ScalarFunctions.Erfc.Invoke(x);

    public static byte[] Bits<T>(T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
