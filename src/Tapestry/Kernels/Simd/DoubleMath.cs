using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Simd;

/// <summary>
/// Elementary functions of binary64 lanes. The exponential's polynomial is a Remez fit; those of the logarithm, sine and cosine are the
/// published coefficients of Sun's fdlibm.
/// </summary>
static class DoubleMath
{
    // Adding 1.5 · 2⁵² rounds to a whole number and leaves it in the low bits of the sum.
    const double Magic = 6755399441055744.0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ReduceExp<V>(V x, out V n) where V : struct, IVec<V>
    {
        n = V.MultiplyAdd(x, V.Create(1.4426950408889634), V.Create(Magic)) - V.Create(Magic);
        var r = V.MultiplyAdd(n, V.Create(-0.6931471805599453), x);
        return V.MultiplyAdd(n, V.Create(-2.3190468138462996e-17), r);
    }

    // e^r − 1 on [−ln2/2, ln2/2] = r + r² g(r).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ExpMinusOnePolynomial<V>(V r) where V : struct, IVec<V>
    {
        var g = V.Create(2.092704854296987e-09);
        g = V.MultiplyAdd(g, r, V.Create(2.5112401766449428e-08));
        g = V.MultiplyAdd(g, r, V.Create(2.7557232989501075e-07));
        g = V.MultiplyAdd(g, r, V.Create(2.7557233778344428e-06));
        g = V.MultiplyAdd(g, r, V.Create(2.480158737421545e-05));
        g = V.MultiplyAdd(g, r, V.Create(0.0001984126989751126));
        g = V.MultiplyAdd(g, r, V.Create(0.001388888888885818));
        g = V.MultiplyAdd(g, r, V.Create(0.008333333333316558));
        g = V.MultiplyAdd(g, r, V.Create(0.04166666666666673));
        g = V.MultiplyAdd(g, r, V.Create(0.16666666666666685));
        g = V.MultiplyAdd(g, r, V.Create(0.5));
        return V.MultiplyAdd(r * r, g, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V>(V x) where V : struct, IVec<V>
    {
        var r = ReduceExp(V.Clamp(x, V.Create(-746.0), V.Create(710.0)), out var n);
        return V.ScaleB(ExpMinusOnePolynomial(r) + V.Create(1L), n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Expm1<V>(V x) where V : struct, IVec<V>
    {
        var r = ReduceExp(V.Clamp(x, V.Create(-38.0), V.Create(710.0)), out var n);
        var half = V.ScaleB(V.Create(0.5), n);
        var result = V.MultiplyAdd(half, ExpMinusOnePolynomial(r), half - V.Create(0.5)) * V.Create(2.0);
        return V.CopySign(result, x);
    }

    // x = m · 2^e with m in [√½, √2).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V SplitExponent<V>(V x, out V exponentBits, out V exponent) where V : struct, IVec<V>
    {
        var offset = V.SubtractBits(x, V.CreateBits(0x3FE6A09E667F3BCD));
        exponentBits = offset & V.CreateBits(unchecked((long)0xFFF0000000000000));
        var biased = V.ShiftRightLogical(V.AddBits(offset, V.CreateBits(1023L << 52)), 52);
        exponent = (biased | V.CreateBits(0x4330000000000000)) - V.Create(4503599627370496.0 + 1023.0);
        return V.SubtractBits(x, exponentBits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V LogOf<V>(V f, V exponent) where V : struct, IVec<V>
    {
        var s = f / (f + V.Create(2.0));
        var square = s * s;
        var p = V.Create(0.14798198605116586);
        p = V.MultiplyAdd(p, square, V.Create(0.15313837699209373));
        p = V.MultiplyAdd(p, square, V.Create(0.1818357216161805));
        p = V.MultiplyAdd(p, square, V.Create(0.22222198432149784));
        p = V.MultiplyAdd(p, square, V.Create(0.2857142874366239));
        p = V.MultiplyAdd(p, square, V.Create(0.3999999999940942));
        p = V.MultiplyAdd(p, square, V.Create(0.6666666666666735));
        var half = f * f * V.Create(0.5);
        var rest = V.MultiplyAdd(s, V.MultiplyAdd(square, p, half), exponent * V.Create(1.90821492927058770002e-10));
        return V.MultiplyAdd(exponent, V.Create(6.93147180369123816490e-01), f - (half - rest));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V LogSpecial<V>(V argument, V result) where V : struct, IVec<V>
    {
        result = V.Select(V.LessThan(argument, V.Create(double.PositiveInfinity)), result, argument);
        var special = V.Select(V.Equal(argument, V.Create(0L)), V.Create(double.NegativeInfinity), V.Create(double.NaN));
        return V.Select(V.LessThanOrEqual(argument, V.Create(0L)), special, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V>(V x) where V : struct, IVec<V>
    {
        var tiny = V.LessThan(x, V.Create(2.2250738585072014e-308));
        var m = SplitExponent(V.Select(tiny, x * V.Create(18014398509481984.0), x), out _, out var exponent);
        return LogSpecial(x, LogOf(m - V.Create(1L), exponent + (tiny & V.Create(-54.0))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log1p<V>(V x) where V : struct, IVec<V>
    {
        var one = V.Create(1L);
        var sum = one + x;
        var added = sum - one;
        var lost = (one - (sum - added)) + (x - added);
        var m = SplitExponent(sum, out var exponentBits, out var exponent);
        var scale = V.SubtractBits(one, exponentBits);
        var f = (m - one) + (V.LessThan(x, V.Create(1e17)) & (lost * scale));
        return V.CopySign(LogSpecial(sum, LogOf(f, exponent)), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ReduceAngle<V>(V x, out V quadrant) where V : struct, IVec<V>
    {
        quadrant = V.MultiplyAdd(x, V.Create(0.6366197723675814), V.Create(Magic));
        var n = quadrant - V.Create(Magic);
        var r = V.MultiplyAdd(n, V.Create(-1.5707963267948966), x);
        r = V.MultiplyAdd(n, V.Create(-6.123233995736766e-17), r);
        return V.MultiplyAdd(n, V.Create(1.4973849048591698e-33), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V SinOf<V>(V r, V quadrant) where V : struct, IVec<V>
    {
        var square = r * r;
        var s = V.Create(1.58969099521155e-10);
        s = V.MultiplyAdd(s, square, V.Create(-2.5050760253406863e-08));
        s = V.MultiplyAdd(s, square, V.Create(2.7557313707070068e-06));
        s = V.MultiplyAdd(s, square, V.Create(-0.0001984126982985795));
        s = V.MultiplyAdd(s, square, V.Create(0.00833333333332249));
        s = V.MultiplyAdd(s, square, V.Create(-0.16666666666666632));
        s = V.MultiplyAdd(r * square, s, r);
        var c = V.Create(-1.1359647557788195e-11);
        c = V.MultiplyAdd(c, square, V.Create(2.087572321298175e-09));
        c = V.MultiplyAdd(c, square, V.Create(-2.7557314351390663e-07));
        c = V.MultiplyAdd(c, square, V.Create(2.480158728947673e-05));
        c = V.MultiplyAdd(c, square, V.Create(-0.001388888888887411));
        c = V.MultiplyAdd(c, square, V.Create(0.0416666666666666));
        // 1 − square/2 loses bits that are added back with the small terms.
        var half = square * V.Create(0.5);
        var leading = V.Create(1L) - half;
        c = leading + V.MultiplyAdd(square * square, c, (V.Create(1L) - leading) - half);
        var odd = V.LessThan(V.ShiftLeft(quadrant, 63) | V.Create(1L), V.Create(0L));
        return V.Select(odd, c, s) ^ (V.ShiftLeft(quadrant, 62) & V.CreateBits(long.MinValue));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sin<V>(V x) where V : struct, IVec<V>
    {
        var result = SinOf(ReduceAngle(x, out var quadrant), quadrant);
        result = V.Select(V.Equal(x, V.Create(0L)), x, result);
        return V.PerLaneWhere<ScalarFunctions.Sin>(V.GreaterThan(V.Abs(x), V.Create(1e5)), x, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cos<V>(V x) where V : struct, IVec<V>
    {
        var r = ReduceAngle(x, out var quadrant);
        var result = SinOf(r, V.AddBits(quadrant, V.CreateBits(1)));
        return V.PerLaneWhere<ScalarFunctions.Cos>(V.GreaterThan(V.Abs(x), V.Create(1e5)), x, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V>(V x) where V : struct, IVec<V>
    {
        var magnitude = V.Clamp(V.Abs(x), V.Create(0L), V.Create(22.0));
        var grown = Expm1(magnitude + magnitude);
        return V.CopySign(grown / (grown + V.Create(2.0)), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x) where V : struct, IVec<V>
    {
        var fallen = Exp(-V.Abs(x));
        return V.Select(V.LessThan(x, V.Create(0L)), fallen, V.Create(1L)) / (V.Create(1L) + fallen);
    }
}
