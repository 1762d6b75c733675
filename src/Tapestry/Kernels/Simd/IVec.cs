namespace Tapestry.Kernels.Simd;

/// <summary>
/// One vector of lanes, seen by the body of an elementwise function. A body written once against this interface
/// (<c>V Invoke&lt;V&gt;(V x) where V : struct, IVec&lt;V&gt;</c>) serves every vector width, the remainder of a loop, and an implementation
/// that records the expression instead of computing it. Therefore a body uses nothing but these members: no branch on lane values, no loops
/// over lanes. Branches become <see cref="Select"/>.
/// </summary>
/// <remarks>
/// Comparisons answer masks: lanes with all bits set where the condition holds, all clear where not. Masks combine with
/// <c>&amp; | ^ ~</c> and are consumed by <see cref="Select"/>. Every lane is computed independently of its position and of the vector's
/// width, with the same bits as result.
/// <para>
/// What kernels use most stands last: the runtime looks a member of a generic type up by its name, from the last to the first, for every call that it compiles, and that is a fifth of what compiling such a kernel takes.
/// </para>
/// </remarks>
/// <typeparam name="V">The implementing vector itself.</typeparam>
public interface IVec<V> where V : struct, IVec<V>
{
    /// <summary>All lanes hold the low bits of <paramref name="bits"/>, whatever they mean for the element type.</summary>
    static abstract V CreateBits(long bits);

    /// <summary>Negation; flips the sign of a floating zero.</summary>
    static abstract V operator -(V value);

    /// <summary>Bitwise or.</summary>
    static abstract V operator |(V left, V right);

    /// <summary>Bitwise exclusive or.</summary>
    static abstract V operator ^(V left, V right);

    /// <summary>Bitwise complement.</summary>
    static abstract V operator ~(V value);

    /// <summary>Magnitude. The smallest signed integer stays as it is.</summary>
    static abstract V Abs(V value);

    /// <summary>The lesser one; NaN if either is NaN; the right one if both compare equal, as TensorFlow does.</summary>
    static abstract V Minimum(V left, V right);

    /// <summary>Correctly rounded square root.</summary>
    static abstract V Sqrt(V value);

    /// <summary>The greatest integer not above the value. Identity for integers.</summary>
    static abstract V Floor(V value);

    /// <summary>The least integer not below the value. Identity for integers.</summary>
    static abstract V Ceiling(V value);

    /// <summary>The value without its fraction. Identity for integers.</summary>
    static abstract V Truncate(V value);

    /// <summary>The nearest integer, halves to the even one. Identity for integers.</summary>
    static abstract V Round(V value);

    /// <summary>Mask of left &lt; right; false where either is NaN.</summary>
    static abstract V LessThan(V left, V right);

    /// <summary>Mask of left ≤ right; false where either is NaN.</summary>
    static abstract V LessThanOrEqual(V left, V right);

    /// <summary>Mask of left = right; false where either is NaN.</summary>
    static abstract V Equal(V left, V right);

    /// <summary>Integers only: left shift by lane counts, limited to [0, width − 1].</summary>
    static abstract V ShiftLeft(V value, V counts);

    /// <summary>Integers only: right shift by lane counts, limited to [0, width − 1]; copies of the sign enter for signed types.</summary>
    static abstract V ShiftRight(V value, V counts);

    /// <summary>Sum of the lanes' bit patterns taken as integers of the same width.</summary>
    static abstract V AddBits(V left, V right);

    /// <summary>The quotient rounded toward −∞. Integers give 0 where the divisor is 0.</summary>
    static abstract V FloorDivide(V left, V right);

    /// <summary>The remainder with the sign of the divisor (Python's <c>%</c>). Integers give 0 where the divisor is 0.</summary>
    static abstract V FloorModulo(V left, V right);

    /// <summary>The remainder with the sign of the dividend (C's <c>%</c>, exact). Integers give 0 where the divisor is 0.</summary>
    static abstract V TruncateModulo(V left, V right);

    /// <summary>A scalar function in double precision on each lane: for what is rarely used and not worth a vector form.</summary>
    static abstract V PerLane<TFunction>(V value) where TFunction : struct, IScalarFunction;

    /// <summary>A scalar function of two arguments in double precision on each lane.</summary>
    static abstract V PerLane2<TFunction>(V left, V right) where TFunction : struct, IScalarFunction2;

    /// <summary><see cref="PerLane"/> where the mask is set, <paramref name="otherwise"/> elsewhere; nothing is called where no lane is set.</summary>
    static abstract V PerLaneWhere<TFunction>(V mask, V value, V otherwise) where TFunction : struct, IScalarFunction;

    /// <summary>Mask of left &gt; right; false where either is NaN.</summary>
    static virtual V GreaterThan(V left, V right) => V.LessThan(right, left);

    /// <summary>Mask of left ≥ right; false where either is NaN.</summary>
    static virtual V GreaterThanOrEqual(V left, V right) => V.LessThanOrEqual(right, left);

    /// <summary>Mask of left ≠ right; true where either is NaN.</summary>
    static virtual V NotEqual(V left, V right) => ~V.Equal(left, right);

    /// <summary>Mask of the lanes that are not a number.</summary>
    static virtual V IsNaN(V value) => ~V.Equal(value, value);

    /// <summary>Mask of the lanes that are neither infinite nor NaN.</summary>
    static virtual V IsFinite(V value) => VectorMath.IsFinite(value);

    /// <summary>Mask of the lanes that are +∞ or −∞.</summary>
    static virtual V IsInfinite(V value) => VectorMath.IsInfinite(value);

    /// <summary>The magnitude of the first with the sign bit of the second. Floats only.</summary>
    static virtual V CopySign(V magnitude, V sign) => VectorMath.CopySign(magnitude, sign);

    /// <summary>1 / value.</summary>
    static virtual V Reciprocal(V value) => V.Create(1L) / value;

    /// <summary>1 / √value.</summary>
    static virtual V Rsqrt(V value) => V.Create(1L) / V.Sqrt(value);

    /// <summary>2^x.</summary>
    static virtual V Exp2(V x) => VectorMath.Exp2(x);

    /// <summary>e^x − 1, precise near 0.</summary>
    static virtual V Expm1(V x) => VectorMath.Expm1(x);

    /// <summary>Natural logarithm; NaN below 0, −∞ at 0.</summary>
    static virtual V Log(V x) => VectorMath.Log(x);

    /// <summary>Logarithm to base 2.</summary>
    static virtual V Log2(V x) => VectorMath.Log2(x);

    /// <summary>Natural logarithm of 1 + x, precise near 0.</summary>
    static virtual V Log1p(V x) => VectorMath.Log1p(x);

    /// <summary>Sine of an angle in radians, reduced exactly enough for every finite argument.</summary>
    static virtual V Sin(V x) => VectorMath.Sin(x);

    /// <summary>Cosine of an angle in radians.</summary>
    static virtual V Cos(V x) => VectorMath.Cos(x);

    /// <summary>Tangent of an angle in radians.</summary>
    static virtual V Tan(V x) => VectorMath.Tan(x);

    /// <summary>Arc sine in [−π/2, π/2]; NaN outside [−1, 1].</summary>
    static virtual V Asin(V x) => VectorMath.Asin(x);

    /// <summary>Arc cosine in [0, π]; NaN outside [−1, 1].</summary>
    static virtual V Acos(V x) => VectorMath.Acos(x);

    /// <summary>Arc tangent in [−π/2, π/2].</summary>
    static virtual V Atan(V x) => VectorMath.Atan(x);

    /// <summary>The angle of the point (x, y) in [−π, π], with C's rules for zeros and infinities.</summary>
    static virtual V Atan2(V y, V x) => VectorMath.Atan2(y, x);

    /// <summary>Hyperbolic sine.</summary>
    static virtual V Sinh(V x) => VectorMath.Sinh(x);

    /// <summary>Hyperbolic cosine.</summary>
    static virtual V Cosh(V x) => VectorMath.Cosh(x);

    /// <summary>Hyperbolic tangent.</summary>
    static virtual V Tanh(V x) => VectorMath.Tanh(x);

    /// <summary>Inverse hyperbolic sine.</summary>
    static virtual V Asinh(V x) => VectorMath.Asinh(x);

    /// <summary>Inverse hyperbolic cosine; NaN below 1.</summary>
    static virtual V Acosh(V x) => VectorMath.Acosh(x);

    /// <summary>Inverse hyperbolic tangent; ±∞ at ±1, NaN beyond.</summary>
    static virtual V Atanh(V x) => VectorMath.Atanh(x);

    /// <summary>1 / (1 + e^−x).</summary>
    static virtual V Sigmoid(V x) => VectorMath.Sigmoid(x);

    /// <summary>The error function 2/√π ∫₀ˣ e^−t² dt.</summary>
    static virtual V Erf(V x) => VectorMath.Erf(x);

    /// <summary>1 − erf x, precise for large x.</summary>
    static virtual V Erfc(V x) => VectorMath.Erfc(x);

    /// <summary>The inverse of erf on [−1, 1].</summary>
    static virtual V ErfInv(V x) => VectorMath.ErfInv(x);

    /// <summary>x^y with C's rules for special values.</summary>
    static virtual V Pow(V x, V y) => VectorMath.Pow(x, y);

    /// <summary>ln |Γ(x)|.</summary>
    static virtual V LogGamma(V x) => V.PerLane<ScalarFunctions.LogGamma>(x);

    /// <summary>The derivative of ln Γ(x); NaN at zero and the negative integers.</summary>
    static virtual V Digamma(V x) => V.PerLane<ScalarFunctions.Digamma>(x);

    /// <summary>+∞, or the highest integer: nothing is greater.</summary>
    static abstract V Highest { get; }

    /// <summary>−∞, or the lowest integer: nothing is less.</summary>
    static abstract V Lowest { get; }

    /// <summary>Bit by bit: <paramref name="whenTrue"/> where the mask has ones, <paramref name="whenFalse"/> where it has zeros.</summary>
    static abstract V Select(V mask, V whenTrue, V whenFalse);

    /// <summary>Difference of the lanes' bit patterns taken as integers of the same width.</summary>
    static abstract V SubtractBits(V left, V right);

    /// <summary>The bits of each lane moved right by a constant; zeros enter.</summary>
    static abstract V ShiftRightLogical(V value, int count);

    /// <summary>The bits of each lane moved left by a constant; zeros enter.</summary>
    static abstract V ShiftLeft(V value, int count);

    /// <summary>e^x. See <see cref="VectorMath"/> for the measured errors of this and the following functions.</summary>
    static virtual V Exp(V x) => VectorMath.Exp(x);

    /// <summary>value · 2^exponent for whole exponents within ±250 (float32) or ±2000 (float64), rounded once.</summary>
    static virtual V ScaleB(V value, V exponent) => VectorMath.ScaleB(value, exponent);

    /// <summary><paramref name="value"/> limited to [<paramref name="low"/>, <paramref name="high"/>]; NaN stays NaN. The limits must not be NaN.</summary>
    static abstract V Clamp(V value, V low, V high);

    /// <summary>The greater one; NaN if either is NaN; the right one if both compare equal (so of +0 and −0), as TensorFlow does.</summary>
    static abstract V Maximum(V left, V right);

    /// <summary>What the lanes hold. Constant per implementation, so that a test of it costs nothing.</summary>
    static abstract ElementKind Kind { get; }

    /// <summary>Bitwise and.</summary>
    static abstract V operator &(V left, V right);

    /// <summary>Quotient. Integers truncate toward zero and give 0 where the divisor is 0.</summary>
    static abstract V operator /(V left, V right);

    /// <summary>Difference; integers wrap around.</summary>
    static abstract V operator -(V left, V right);

    /// <summary>Product; integers wrap around.</summary>
    static abstract V operator *(V left, V right);

    /// <summary>Sum; integers wrap around.</summary>
    static abstract V operator +(V left, V right);

    /// <summary>left · right + addend, rounded once for floats (fused on every level, in software where the processor has no such instruction).</summary>
    static abstract V MultiplyAdd(V left, V right, V addend);

    /// <summary>All lanes equal to <paramref name="value"/>; integers keep the low bits.</summary>
    static abstract V Create(long value);

    /// <summary>All lanes equal to <paramref name="value"/>, rounded (floats) or truncated (integers) to the element type.</summary>
    static abstract V Create(double value);
}
