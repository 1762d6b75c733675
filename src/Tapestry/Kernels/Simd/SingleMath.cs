using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Simd;

/// <summary>
/// Elementary functions of binary32 lanes. The polynomials are Remez fits made for this file to the intervals named beside them;
/// the reductions are the classical ones of Cody and Waite, with fused multiply-adds.
/// </summary>
static class SingleMath
{
    // Adding 1.5 · 2²³ rounds to a whole number and leaves it in the low bits of the sum.
    const double Magic = 12582912.0;

    // x = n ln 2 + r. The low nine bits of the sum hold n and the bias, whose low bits hold whatever shifting them into an exponent's place is to give.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ReduceExp<V>(V x, double bias, out V sum, out V n) where V : struct, IVec<V>
    {
        sum = V.MultiplyAdd(x, V.Create(1.4426950408889634), V.Create(Magic + bias));
        n = sum - V.Create(Magic + bias);
        var r = V.MultiplyAdd(n, V.Create(-0.6931471824645996), x);
        return V.MultiplyAdd(n, V.Create(1.904654299957768e-09), r);
    }

    // e^r − 1 on [−ln2/2, ln2/2] = r + r² g(r).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ExpMinusOnePolynomial<V>(V r) where V : struct, IVec<V>
    {
        var g = V.Create(0.0013950650520622254);
        g = V.MultiplyAdd(g, r, V.Create(0.00836898489388973));
        g = V.MultiplyAdd(g, r, V.Create(0.04166620342000027));
        g = V.MultiplyAdd(g, r, V.Create(0.1666651804567517));
        g = V.MultiplyAdd(g, r, V.Create(0.5000000095927616));
        return V.MultiplyAdd(r * r, g, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V>(V x) where V : struct, IVec<V>
    {
        var r = ReduceExp(V.Clamp(x, V.Create(-104.0), V.Create(89.0)), 0, out _, out var n);
        return V.ScaleB(ExpMinusOnePolynomial(r) + V.Create(1L), n);
    }

    // The sign of x for what has none: an instruction less than copying it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V WithSign<V>(V magnitude, V x) where V : struct, IVec<V> => magnitude | (x & V.CreateBits(int.MinValue));

    // e^x / 2, finite as long as the result is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V HalfExp<V>(V x) where V : struct, IVec<V>
    {
        var r = ReduceExp(V.Clamp(x, V.Create(-104.0), V.Create(90.0)), 0, out _, out var n);
        return V.ScaleB(ExpMinusOnePolynomial(r) + V.Create(1L), n - V.Create(1L));
    }

    // (e^x − 1) / 2 on [−18, 89]; 2^(n − 1) is a normal number there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V HalfExpm1<V>(V x) where V : struct, IVec<V>
    {
        var r = ReduceExp(x, 126, out var sum, out _);
        var half = V.ShiftLeft(sum, 23);
        return V.MultiplyAdd(half, ExpMinusOnePolynomial(r), half - V.Create(0.5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Expm1<V>(V x) where V : struct, IVec<V>
    {
        var half = HalfExpm1(V.Clamp(x, V.Create(-18.0), V.Create(89.0)));
        return V.CopySign(half + half, x);
    }

    // 2^r on [−0.5, 0.5] = 1 + r q(r).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Exp2Polynomial<V>(V r) where V : struct, IVec<V>
    {
        var q = V.Create(1.5315100617754886e-05);
        q = V.MultiplyAdd(q, r, V.Create(0.0001546723721910912));
        q = V.MultiplyAdd(q, r, V.Create(0.0013333430179515477));
        q = V.MultiplyAdd(q, r, V.Create(0.009618036544057936));
        q = V.MultiplyAdd(q, r, V.Create(0.05550410963222878));
        q = V.MultiplyAdd(q, r, V.Create(0.2402265107810626));
        q = V.MultiplyAdd(q, r, V.Create(0.6931471805414758));
        return V.MultiplyAdd(q, r, V.Create(1L));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp2<V>(V x) where V : struct, IVec<V>
    {
        x = V.Clamp(x, V.Create(-152.0), V.Create(129.0));
        var n = V.Round(x);
        return V.ScaleB(Exp2Polynomial(x - n), n);
    }

    // x = m · 2^e with m in [√½, √2). Answers m and the exponent's bits in place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V SplitExponent<V>(V x, out V exponentBits, out V exponent) where V : struct, IVec<V>
    {
        var offset = V.SubtractBits(x, V.CreateBits(0x3F3504F3));
        exponentBits = offset & V.CreateBits(unchecked((int)0xFF800000));
        var biased = V.ShiftRightLogical(V.AddBits(offset, V.CreateBits(127 << 23)), 23);
        exponent = (biased | V.CreateBits(0x4B000000)) - V.Create(8388608.0 + 127.0);
        return V.SubtractBits(x, exponentBits);
    }

    // (ln(1 + f) − f) / f² on [√½ − 1, √2 − 1].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V LogPolynomial<V>(V f) where V : struct, IVec<V>
    {
        var p = V.Create(0.0691350796374562);
        p = V.MultiplyAdd(p, f, V.Create(-0.11789157922112979));
        p = V.MultiplyAdd(p, f, V.Create(0.11873402908663067));
        p = V.MultiplyAdd(p, f, V.Create(-0.12384478426548282));
        p = V.MultiplyAdd(p, f, V.Create(0.14218623334502864));
        p = V.MultiplyAdd(p, f, V.Create(-0.16669242829135733));
        p = V.MultiplyAdd(p, f, V.Create(0.2000222777654259));
        p = V.MultiplyAdd(p, f, V.Create(-0.24999986744607672));
        p = V.MultiplyAdd(p, f, V.Create(0.3333331042708031));
        return V.MultiplyAdd(f, p, V.Create(-0.5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V LogOf<V>(V f, V exponent) where V : struct, IVec<V>
    {
        var rest = V.MultiplyAdd(f * f, LogPolynomial(f), exponent * V.Create(-2.12194440e-4));
        return V.MultiplyAdd(exponent, V.Create(0.693359375), rest + f);
    }

    // Scales subnormal numbers up so that their exponent can be read.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Normalize<V>(V x, out V correction) where V : struct, IVec<V>
    {
        var tiny = V.LessThan(x, V.Create(1.1754943508222875e-38));
        correction = tiny & V.Create(-23.0);
        return V.Select(tiny, x * V.Create(8388608.0), x);
    }

    // ∞ and NaN answer themselves, 0 answers −∞, less than 0 NaN.
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
        var m = SplitExponent(Normalize(x, out var correction), out _, out var exponent);
        return LogSpecial(x, LogOf(m - V.Create(1L), exponent + correction));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log2<V>(V x) where V : struct, IVec<V>
    {
        var m = SplitExponent(Normalize(x, out var correction), out _, out var exponent);
        var f = m - V.Create(1L);
        var rest = f * f * LogPolynomial(f);
        var low = V.MultiplyAdd(rest, V.Create(1.4426950408889634), f * V.Create(1.9259629911266175e-08));
        return LogSpecial(x, V.MultiplyAdd(f, V.Create(1.4426950216293335), low) + (exponent + correction));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log1p<V>(V x) where V : struct, IVec<V>
    {
        // What 1 + x lost in rounding is added to the reduced mantissa, scaled like it.
        var one = V.Create(1L);
        var sum = one + x;
        var added = sum - one;
        var lost = (one - (sum - added)) + (x - added);
        var m = SplitExponent(sum, out var exponentBits, out var exponent);
        var scale = V.SubtractBits(one, exponentBits);
        var f = (m - one) + (V.LessThan(x, V.Create(1e8)) & (lost * scale));
        return V.CopySign(LogSpecial(sum, LogOf(f, exponent)), x);
    }

    // x − n π/2 for |x| ≤ 10⁵; the quadrant is in the low bits of the second result.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ReduceAngle<V>(V x, out V quadrant) where V : struct, IVec<V>
    {
        quadrant = V.MultiplyAdd(x, V.Create(0.6366197723675814), V.Create(Magic));
        var n = quadrant - V.Create(Magic);
        var r = V.MultiplyAdd(n, V.Create(-1.5707963705062866), x);
        r = V.MultiplyAdd(n, V.Create(4.371138828673793e-08), r);
        return V.MultiplyAdd(n, V.Create(1.7151245100058819e-15), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V SinPolynomial<V>(V r, V square) where V : struct, IVec<V>
    {
        var s = V.Create(2.718216893992989e-06);
        s = V.MultiplyAdd(s, square, V.Create(-0.00019839325021884496));
        s = V.MultiplyAdd(s, square, V.Create(0.008333329355805944));
        s = V.MultiplyAdd(s, square, V.Create(-0.1666666664137201));
        return V.MultiplyAdd(r * square, s, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V CosPolynomial<V>(V square) where V : struct, IVec<V>
    {
        var c = V.Create(-2.720935961818097e-07);
        c = V.MultiplyAdd(c, square, V.Create(2.479950951352038e-05));
        c = V.MultiplyAdd(c, square, V.Create(-0.0013888883714209266));
        c = V.MultiplyAdd(c, square, V.Create(0.04166666662238091));
        return V.MultiplyAdd(square * square, c, V.MultiplyAdd(square, V.Create(-0.5), V.Create(1L)));
    }

    // The mask of the lanes whose lowest bit is set: that bit becomes the sign of a one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IsOdd<V>(V bits) where V : struct, IVec<V> => V.LessThan(V.ShiftLeft(bits, 31) | V.Create(1L), V.Create(0L));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V SinOf<V>(V r, V quadrant) where V : struct, IVec<V>
    {
        var square = r * r;
        var result = V.Select(IsOdd(quadrant), CosPolynomial(square), SinPolynomial(r, square));
        return result ^ (V.ShiftLeft(quadrant, 30) & V.CreateBits(int.MinValue));
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
    public static V Tan<V>(V x) where V : struct, IVec<V>
    {
        var r = ReduceAngle(x, out var quadrant);
        var square = r * r;
        V sine = SinPolynomial(r, square), cosine = CosPolynomial(square), odd = IsOdd(quadrant);
        var result = V.Select(odd, -cosine, sine) / V.Select(odd, sine, cosine);
        result = V.Select(V.Equal(x, V.Create(0L)), x, result);
        return V.PerLaneWhere<ScalarFunctions.Tan>(V.GreaterThan(V.Abs(x), V.Create(1e5)), x, result);
    }

    // arctan on [0, 1].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V AtanPolynomial<V>(V z) where V : struct, IVec<V>
    {
        var square = z * z;
        var p = V.Create(-0.0018272381248941284);
        p = V.MultiplyAdd(p, square, V.Create(0.011064572904432097));
        p = V.MultiplyAdd(p, square, V.Create(-0.03145598583579105));
        p = V.MultiplyAdd(p, square, V.Create(0.05823487659718254));
        p = V.MultiplyAdd(p, square, V.Create(-0.08419480748798729));
        p = V.MultiplyAdd(p, square, V.Create(0.10957584541973683));
        p = V.MultiplyAdd(p, square, V.Create(-0.14265247173245257));
        p = V.MultiplyAdd(p, square, V.Create(0.19998638809422126));
        p = V.MultiplyAdd(p, square, V.Create(-0.3333330187377583));
        return V.MultiplyAdd(z * square, p, z);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V HalfPiMinus<V>(V angle) where V : struct, IVec<V> => (V.Create(1.5707963705062866) - angle) + V.Create(-4.3711390001862426e-08);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Atan<V>(V x) where V : struct, IVec<V>
    {
        var magnitude = V.Abs(x);
        var inverted = V.GreaterThan(magnitude, V.Create(1L));
        var angle = AtanPolynomial(V.Select(inverted, V.Create(1L) / magnitude, magnitude));
        return V.CopySign(V.Select(inverted, HalfPiMinus(angle), angle), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Atan2<V>(V y, V x) where V : struct, IVec<V>
    {
        V vertical = V.Abs(y), horizontal = V.Abs(x), zero = V.Create(0L);
        V greater = V.Maximum(vertical, horizontal), lesser = V.Minimum(vertical, horizontal);
        // ∞/∞ counts as 1 and 0/0 as 0.
        var ratio = V.Select(V.Equal(lesser, greater), V.Create(1L), lesser / greater);
        ratio = V.Select(V.Equal(greater, zero), zero, ratio);
        var angle = AtanPolynomial(ratio);
        angle = V.Select(V.GreaterThan(vertical, horizontal), HalfPiMinus(angle), angle);
        var left = V.LessThan((x & V.CreateBits(int.MinValue)) | V.Create(1L), zero);
        angle = V.Select(left, (V.Create(3.1415927410125732) - angle) + V.Create(-8.742278000372485e-08), angle);
        return V.CopySign(angle, y);
    }

    // arcsin w on [0, 0.5], z = w².
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V AsinPolynomial<V>(V w, V z) where V : struct, IVec<V>
    {
        var p = V.Create(0.04227831259303665);
        p = V.MultiplyAdd(p, z, V.Create(0.02411461336596803));
        p = V.MultiplyAdd(p, z, V.Create(0.0454833085769567));
        p = V.MultiplyAdd(p, z, V.Create(0.07495196340464504));
        p = V.MultiplyAdd(p, z, V.Create(0.1666675494179185));
        return V.MultiplyAdd(w * z, p, w);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Asin<V>(V x) where V : struct, IVec<V>
    {
        var magnitude = V.Abs(x);
        var large = V.GreaterThan(magnitude, V.Create(0.5));
        var z = V.Select(large, V.MultiplyAdd(magnitude, V.Create(-0.5), V.Create(0.5)), magnitude * magnitude);
        var angle = AsinPolynomial(V.Select(large, V.Sqrt(z), magnitude), z);
        return V.CopySign(V.Select(large, HalfPiMinus(angle + angle), angle), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Acos<V>(V x) where V : struct, IVec<V>
    {
        var magnitude = V.Abs(x);
        var large = V.GreaterThan(magnitude, V.Create(0.5));
        var z = V.Select(large, V.MultiplyAdd(magnitude, V.Create(-0.5), V.Create(0.5)), magnitude * magnitude);
        var angle = AsinPolynomial(V.Select(large, V.Sqrt(z), magnitude), z);
        var twice = angle + angle;
        var outer = V.Select(V.LessThan(x, V.Create(0L)), (V.Create(3.1415927410125732) - twice) + V.Create(-8.742278000372485e-08), twice);
        return V.Select(large, outer, HalfPiMinus(V.CopySign(angle, x)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sinh<V>(V x) where V : struct, IVec<V>
    {
        var magnitude = V.Abs(x);
        var half = HalfExp(magnitude);
        var large = half - V.Create(0.25) / half;
        var square = x * x;
        var p = V.Create(2.8174394413161658e-06);
        p = V.MultiplyAdd(p, square, V.Create(0.0001983606629543156));
        p = V.MultiplyAdd(p, square, V.Create(0.008333350597718444));
        p = V.MultiplyAdd(p, square, V.Create(0.1666666648872522));
        var small = V.MultiplyAdd(magnitude * square, p, magnitude);
        return V.CopySign(V.Select(V.LessThan(magnitude, V.Create(1L)), small, large), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cosh<V>(V x) where V : struct, IVec<V>
    {
        var half = HalfExp(V.Abs(x));
        return half + V.Create(0.25) / half;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V>(V x) where V : struct, IVec<V>
    {
        var magnitude = V.Clamp(V.Abs(x), V.Create(0L), V.Create(10.0));
        var grown = HalfExpm1(magnitude + magnitude);
        return WithSign(grown / (grown + V.Create(1L)), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Asinh<V>(V x) where V : struct, IVec<V>
    {
        var magnitude = V.Abs(x);
        var square = magnitude * magnitude;
        var one = V.Create(1L);
        var huge = V.GreaterThan(magnitude, V.Create(1e9));
        var small = magnitude + square / (one + V.Sqrt(square + one));
        var result = Log1p(V.Select(huge, magnitude, small));
        return V.CopySign(result + (huge & V.Create(0.6931471805599453)), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Acosh<V>(V x) where V : struct, IVec<V>
    {
        var above = x - V.Create(1L);
        var huge = V.GreaterThan(x, V.Create(1e9));
        var small = above + V.Sqrt(V.MultiplyAdd(above, above, above + above));
        var result = Log1p(V.Select(huge, x, small)) + (huge & V.Create(0.6931471805599453));
        return V.Select(V.LessThan(x, V.Create(1L)), V.Create(double.NaN), result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Atanh<V>(V x) where V : struct, IVec<V>
    {
        var magnitude = V.Abs(x);
        var ratio = (magnitude + magnitude) / (V.Create(1L) - magnitude);
        var result = V.Select(V.GreaterThan(magnitude, V.Create(1L)), V.Create(double.NaN), Log1p(ratio) * V.Create(0.5));
        return V.CopySign(result, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x) where V : struct, IVec<V>
    {
        var fallen = Exp(-V.Abs(x));
        return V.Select(V.LessThan(x, V.Create(0L)), fallen, V.Create(1L)) / (V.Create(1L) + fallen);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V>(V x) where V : struct, IVec<V>
    {
        var magnitude = V.Clamp(V.Abs(x), V.Create(0L), V.Create(4.0));
        // log2 erfc(t) = t q(t) on [0.86, 4], and erfc(t) is at most 0.23 there: fewer terms do than a result that is not taken from 1 would need.
        var q = V.Create(0.0003103557974100113);
        q = V.MultiplyAdd(q, magnitude, V.Create(-0.004651820752769709));
        q = V.MultiplyAdd(q, magnitude, V.Create(0.03306723013520241));
        q = V.MultiplyAdd(q, magnitude, V.Create(-0.1519298553466797));
        q = V.MultiplyAdd(q, magnitude, V.Create(-0.9170948266983032));
        q = V.MultiplyAdd(q, magnitude, V.Create(-1.6281177997589111));
        // The exponent is within [−26, 0]: a normal power of two, and no limits. Behind the 127 of its bias stands the bit that makes it negative.
        var sum = V.MultiplyAdd(magnitude, q, V.Create(Magic + 127 + 256));
        var r = V.MultiplyAdd(magnitude, q, V.Create(Magic + 127 + 256) - sum);
        // 2^r on [−0.5, 0.5].
        var power = V.Create(0.001327154110185802);
        power = V.MultiplyAdd(power, r, V.Create(0.00967136025428772));
        power = V.MultiplyAdd(power, r, V.Create(0.05550706386566162));
        power = V.MultiplyAdd(power, r, V.Create(0.24022245407104492));
        power = V.MultiplyAdd(power, r, V.Create(0.6931470036506653));
        power = V.MultiplyAdd(power, r, V.Create(1L));
        var large = V.MultiplyAdd(power, V.ShiftLeft(sum, 23), V.Create(1L));
        var square = magnitude * magnitude;
        var p = V.Create(-0.0006276678759604692);
        p = V.MultiplyAdd(p, square, V.Create(0.005046679172664881));
        p = V.MultiplyAdd(p, square, V.Create(-0.026801697909832));
        p = V.MultiplyAdd(p, square, V.Create(0.1128275990486145));
        p = V.MultiplyAdd(p, square, V.Create(-0.37612584233283997));
        p = V.MultiplyAdd(p, square, V.Create(0.12837916612625122));
        var small = V.MultiplyAdd(magnitude, p, magnitude);
        return WithSign(V.Select(V.LessThan(magnitude, V.Create(0.86)), small, large), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erfc<V>(V x) where V : struct, IVec<V>
    {
        // e^x² erfc x = p((x − 2) / (x + 2)) / (1 + 2x) on [0, 10.5].
        var t = V.Clamp(V.Abs(x), V.Create(0L), V.Create(10.5));
        var z = (t - V.Create(2.0)) / (t + V.Create(2.0));
        var p = V.Create(1.6627696785481695e-05);
        p = V.MultiplyAdd(p, z, V.Create(0.00011401029743526754));
        p = V.MultiplyAdd(p, z, V.Create(0.00016737634789896626));
        p = V.MultiplyAdd(p, z, V.Create(-0.0004426254684943119));
        p = V.MultiplyAdd(p, z, V.Create(-0.0014335047384607992));
        p = V.MultiplyAdd(p, z, V.Create(0.001271253385612972));
        p = V.MultiplyAdd(p, z, V.Create(0.008716414657741495));
        p = V.MultiplyAdd(p, z, V.Create(-0.008034529793751608));
        p = V.MultiplyAdd(p, z, V.Create(-0.05421923631188029));
        p = V.MultiplyAdd(p, z, V.Create(0.1640513468755588));
        p = V.MultiplyAdd(p, z, V.Create(-0.16603043286059987));
        p = V.MultiplyAdd(p, z, V.Create(-0.09276382838749274));
        p = V.MultiplyAdd(p, z, V.Create(1.2769783818241278));
        var scaled = p / V.MultiplyAdd(t, V.Create(2.0), V.Create(1L));
        var square = t * t;
        var rest = V.MultiplyAdd(t, t, -square);
        var tail = V.MultiplyAdd(-rest, scaled, scaled) * Exp(-square);
        return V.Select(V.LessThan(x, V.Create(0L)), V.Create(2.0) - tail, tail);
    }

    // M. Giles, "Approximating the erfinv function" (2010), single precision.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ErfInv<V>(V x) where V : struct, IVec<V>
    {
        var w = -Log(V.MultiplyAdd(-x, x, V.Create(1L)));
        var near = w - V.Create(2.5);
        var p = V.Create(2.81022636e-08);
        p = V.MultiplyAdd(p, near, V.Create(3.43273939e-07));
        p = V.MultiplyAdd(p, near, V.Create(-3.5233877e-06));
        p = V.MultiplyAdd(p, near, V.Create(-4.39150654e-06));
        p = V.MultiplyAdd(p, near, V.Create(0.00021858087));
        p = V.MultiplyAdd(p, near, V.Create(-0.00125372503));
        p = V.MultiplyAdd(p, near, V.Create(-0.00417768164));
        p = V.MultiplyAdd(p, near, V.Create(0.246640727));
        p = V.MultiplyAdd(p, near, V.Create(1.50140941));
        var far = V.Sqrt(w) - V.Create(3.0);
        var q = V.Create(-0.000200214257);
        q = V.MultiplyAdd(q, far, V.Create(0.000100950558));
        q = V.MultiplyAdd(q, far, V.Create(0.00134934322));
        q = V.MultiplyAdd(q, far, V.Create(-0.00367342844));
        q = V.MultiplyAdd(q, far, V.Create(0.00573950773));
        q = V.MultiplyAdd(q, far, V.Create(-0.0076224613));
        q = V.MultiplyAdd(q, far, V.Create(0.00943887047));
        q = V.MultiplyAdd(q, far, V.Create(1.00167406));
        q = V.MultiplyAdd(q, far, V.Create(2.83297682));
        var result = V.Select(V.LessThan(w, V.Create(5.0)), p, q) * x;
        return V.Select(V.Equal(V.Abs(x), V.Create(1L)), x * V.Create(double.PositiveInfinity), result);
    }

    // x^y = 2^(y log2 x) with log2 x and the product carried in two floats each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Pow<V>(V x, V y) where V : struct, IVec<V>
    {
        V zero = V.Create(0L), one = V.Create(1L), infinity = V.Create(double.PositiveInfinity);
        var magnitude = V.Abs(x);
        var m = SplitExponent(Normalize(magnitude, out var correction), out _, out var exponent);
        exponent += correction;
        // ln m = 2 artanh(s), s = f / (2 + f) = high + low.
        var f = m - one;
        var divisor = f + V.Create(2.0);
        var divisorLow = f - (divisor - V.Create(2.0));
        var high = f / divisor;
        var low = (V.MultiplyAdd(-high, divisor, f) - high * divisorLow) / divisor;
        var square = high * high;
        var p = V.Create(0.23582758077207325);
        p = V.MultiplyAdd(p, square, V.Create(0.2853727861131868));
        p = V.MultiplyAdd(p, square, V.Create(0.40000335627313754));
        p = V.MultiplyAdd(p, square, V.Create(0.6666666564368934));
        var rest = V.MultiplyAdd(high * square, p, low + low);
        high += high;
        // log2 m = (high + rest) · log2 e; the exponent is exact.
        var logHigh = high * V.Create(1.4426950216293335);
        var logLow = V.MultiplyAdd(high, V.Create(1.4426950216293335), -logHigh) + V.MultiplyAdd(rest, V.Create(1.4426950216293335), high * V.Create(1.9259629911266175e-08));
        var sum = exponent + logHigh;
        var sumLow = (logHigh - (sum - exponent)) + logLow;
        var product = y * sum;
        var productLow = V.MultiplyAdd(y, sum, -product) + y * sumLow;
        var limited = V.Clamp(product, V.Create(-200.0), V.Create(200.0));
        var n = V.Round(limited);
        var r = (limited - n) + (V.Equal(limited, product) & productLow);
        var result = V.ScaleB(Exp2Polynomial(r), n);

        // Bases 0 and ∞, then the sign, then the exponents 0 and ±∞, and NaN.
        var falling = V.LessThan(y, zero);
        result = V.Select(V.Equal(magnitude, zero), falling & infinity, result);
        result = V.Select(V.Equal(magnitude, infinity), V.Select(falling, zero, infinity), result);
        var whole = V.Equal(V.Truncate(y), y);
        var halved = y * V.Create(0.5);
        var odd = whole & ~V.Equal(V.Truncate(halved), halved);
        var negative = V.CreateBits(int.MinValue) & x;
        result |= odd & negative;
        var refused = V.LessThan(x, zero) & ~whole & V.LessThan(magnitude, infinity);
        result = V.Select(refused, V.Create(double.NaN), result);
        var endless = V.Equal(V.Abs(y), infinity);
        var towardInfinity = V.Equal(V.GreaterThan(magnitude, one) & one, V.Select(falling, zero, one));
        result = V.Select(endless, towardInfinity & infinity, result);
        result = V.Select(endless & V.Equal(magnitude, one), one, result);
        result = V.Select(V.IsNaN(x) | V.IsNaN(y), V.Create(double.NaN), result);
        return V.Select(V.Equal(y, zero) | V.Equal(x, one), one, result);
    }
}
