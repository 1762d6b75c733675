using System.Numerics;

namespace Tapestry.Kernels.Simd;

/// <summary>One complex number as a vector of one lane. A mask is a pair of all-set or all-clear bit patterns.</summary>
readonly unsafe struct ComplexLane(Complex value) : ILanes<ComplexLane, Complex>
{
    readonly Complex value = value;

    public static int Count => 1;

    public static ElementKind Kind => ElementKind.Complex;

    public static ComplexLane Lowest => throw Unordered(nameof(Lowest));

    public static ComplexLane Highest => throw Unordered(nameof(Highest));

    public static ComplexLane Create(double value) => new(value);

    public static ComplexLane Create(long value) => new(value);

    public static ComplexLane CreateBits(long bits) => new(new(BitConverter.Int64BitsToDouble(bits), BitConverter.Int64BitsToDouble(bits)));

    public static ComplexLane Broadcast(Complex value) => new(value);

    public static ComplexLane Load(Complex* source) => new(*source);

    public static void Store(ComplexLane value, Complex* destination) => *destination = value.value;

    public static void StoreStreaming(ComplexLane value, Complex* destination) => *destination = value.value;

    public static void StoreMask(ComplexLane mask, byte* destination) => *destination = (byte)(mask.RealBits != 0 ? 1 : 0);

    public static ComplexLane Upper(ComplexLane value, int bytes) => value;

    public static ComplexLane LoadMask(byte* source) => Mask(*source != 0);

    long RealBits => BitConverter.DoubleToInt64Bits(value.Real);

    long ImaginaryBits => BitConverter.DoubleToInt64Bits(value.Imaginary);

    static ComplexLane Mask(bool condition) => CreateBits(condition ? -1 : 0);

    static ComplexLane FromBits(long real, long imaginary) => new(new(BitConverter.Int64BitsToDouble(real), BitConverter.Int64BitsToDouble(imaginary)));

    static NotSupportedException Unordered(string function) => new($"{function} has no meaning for complex numbers. Take the real part, the imaginary part or Abs first.");

    public static ComplexLane operator +(ComplexLane left, ComplexLane right) => new(left.value + right.value);

    public static ComplexLane operator -(ComplexLane left, ComplexLane right) => new(left.value - right.value);

    public static ComplexLane operator *(ComplexLane left, ComplexLane right) => new(left.value * right.value);

    public static ComplexLane operator /(ComplexLane left, ComplexLane right) => new(left.value / right.value);

    public static ComplexLane operator -(ComplexLane value) => new(-value.value);

    public static ComplexLane operator &(ComplexLane left, ComplexLane right) => FromBits(left.RealBits & right.RealBits, left.ImaginaryBits & right.ImaginaryBits);

    public static ComplexLane operator |(ComplexLane left, ComplexLane right) => FromBits(left.RealBits | right.RealBits, left.ImaginaryBits | right.ImaginaryBits);

    public static ComplexLane operator ^(ComplexLane left, ComplexLane right) => FromBits(left.RealBits ^ right.RealBits, left.ImaginaryBits ^ right.ImaginaryBits);

    public static ComplexLane operator ~(ComplexLane value) => FromBits(~value.RealBits, ~value.ImaginaryBits);

    public static ComplexLane MultiplyAdd(ComplexLane left, ComplexLane right, ComplexLane addend) => new(left.value * right.value + addend.value);

    /// <summary>The magnitude as a complex number without imaginary part.</summary>
    public static ComplexLane Abs(ComplexLane value) => new(Complex.Abs(value.value));

    public static ComplexLane Maximum(ComplexLane left, ComplexLane right) => throw Unordered(nameof(Maximum));

    public static ComplexLane Minimum(ComplexLane left, ComplexLane right) => throw Unordered(nameof(Minimum));

    public static ComplexLane Clamp(ComplexLane value, ComplexLane low, ComplexLane high) => throw Unordered(nameof(Clamp));

    public static ComplexLane Sqrt(ComplexLane value) => new(Complex.Sqrt(value.value));

    public static ComplexLane Floor(ComplexLane value) => throw Unordered(nameof(Floor));

    public static ComplexLane Ceiling(ComplexLane value) => throw Unordered(nameof(Ceiling));

    public static ComplexLane Truncate(ComplexLane value) => throw Unordered(nameof(Truncate));

    /// <summary>Rounds both parts.</summary>
    public static ComplexLane Round(ComplexLane value) => new(new(Math.Round(value.value.Real), Math.Round(value.value.Imaginary)));

    public static ComplexLane LessThan(ComplexLane left, ComplexLane right) => throw Unordered(nameof(LessThan));

    public static ComplexLane LessThanOrEqual(ComplexLane left, ComplexLane right) => throw Unordered(nameof(LessThanOrEqual));

    public static ComplexLane Equal(ComplexLane left, ComplexLane right)
        => Mask(left.value.Real == right.value.Real && left.value.Imaginary == right.value.Imaginary);

    public static ComplexLane Select(ComplexLane mask, ComplexLane whenTrue, ComplexLane whenFalse) => (mask & whenTrue) | (~mask & whenFalse);

    public static ComplexLane ShiftLeft(ComplexLane value, int count) => FromBits(value.RealBits << count, value.ImaginaryBits << count);

    public static ComplexLane ShiftRightLogical(ComplexLane value, int count) => FromBits(value.RealBits >>> count, value.ImaginaryBits >>> count);

    public static ComplexLane ShiftLeft(ComplexLane value, ComplexLane counts) => throw Unordered(nameof(ShiftLeft));

    public static ComplexLane ShiftRight(ComplexLane value, ComplexLane counts) => throw Unordered(nameof(ShiftRight));

    public static ComplexLane AddBits(ComplexLane left, ComplexLane right) => FromBits(left.RealBits + right.RealBits, left.ImaginaryBits + right.ImaginaryBits);

    public static ComplexLane SubtractBits(ComplexLane left, ComplexLane right) => FromBits(left.RealBits - right.RealBits, left.ImaginaryBits - right.ImaginaryBits);

    public static ComplexLane FloorDivide(ComplexLane left, ComplexLane right) => throw Unordered(nameof(FloorDivide));

    public static ComplexLane FloorModulo(ComplexLane left, ComplexLane right) => throw Unordered(nameof(FloorModulo));

    public static ComplexLane TruncateModulo(ComplexLane left, ComplexLane right) => throw Unordered(nameof(TruncateModulo));

    public static ComplexLane PerLane<TFunction>(ComplexLane value) where TFunction : struct, IScalarFunction => throw Unordered(typeof(TFunction).Name);

    public static ComplexLane PerLane2<TFunction>(ComplexLane left, ComplexLane right) where TFunction : struct, IScalarFunction2
        => throw Unordered(typeof(TFunction).Name);

    public static ComplexLane PerLaneWhere<TFunction>(ComplexLane mask, ComplexLane value, ComplexLane otherwise) where TFunction : struct, IScalarFunction
        => throw Unordered(typeof(TFunction).Name);

    public static ComplexLane IsFinite(ComplexLane value) => Mask(Complex.IsFinite(value.value));

    public static ComplexLane IsInfinite(ComplexLane value) => Mask(Complex.IsInfinity(value.value));

    public static ComplexLane CopySign(ComplexLane magnitude, ComplexLane sign) => throw Unordered(nameof(CopySign));

    public static ComplexLane ScaleB(ComplexLane value, ComplexLane exponent) => new(value.value * Math.Pow(2, exponent.value.Real));

    public static ComplexLane Pow(ComplexLane x, ComplexLane y) => new(Complex.Pow(x.value, y.value));

    public static ComplexLane Exp2(ComplexLane x) => new(Complex.Exp(x.value * 0.6931471805599453));

    public static ComplexLane Log2(ComplexLane x) => new(Complex.Log(x.value) / 0.6931471805599453);

    /// <summary>e^z − 1 = expm1(x) cos y − 2 sin²(y/2) + i e^x sin y.</summary>
    public static ComplexLane Expm1(ComplexLane x)
    {
        double real = x.value.Real, imaginary = x.value.Imaginary, half = Math.Sin(imaginary / 2);
        var grown = Math.Abs(real) < 0.3 ? 2 * Math.Exp(real / 2) * Math.Sinh(real / 2) : Math.Exp(real) - 1;
        return new(new(grown * Math.Cos(imaginary) - 2 * half * half, Math.Exp(real) * Math.Sin(imaginary)));
    }

    /// <summary>ln(1 + z); the magnitude's logarithm from x (2 + x) + y².</summary>
    public static ComplexLane Log1p(ComplexLane x)
    {
        double real = x.value.Real, imaginary = x.value.Imaginary, excess = real * (2 + real) + imaginary * imaginary;
        var magnitude = Math.Abs(excess) < 0.5 ? 0.5 * ScalarFunctions.Log1p(excess) : Math.Log(Complex.Abs(new(1 + real, imaginary)));
        return new(new(magnitude, Math.Atan2(imaginary, 1 + real)));
    }

    public static ComplexLane Sigmoid(ComplexLane x) => new(x.value.Real < 0
        ? Complex.Exp(x.value) / (1 + Complex.Exp(x.value))
        : 1 / (1 + Complex.Exp(-x.value)));

    public static ComplexLane Asinh(ComplexLane x) => new(new Complex(0, -1) * Complex.Asin(new Complex(0, 1) * x.value));

    public static ComplexLane Acosh(ComplexLane x)
        => new(Complex.Log(x.value + Complex.Sqrt(x.value + 1) * Complex.Sqrt(x.value - 1)));

    public static ComplexLane Atanh(ComplexLane x) => new(0.5 * (Log1p(x).value - Log1p(-x).value));

    public static ComplexLane Atan2(ComplexLane y, ComplexLane x) => throw Unordered(nameof(Atan2));

    public static ComplexLane Erf(ComplexLane x) => throw Unordered(nameof(Erf));

    public static ComplexLane Erfc(ComplexLane x) => throw Unordered(nameof(Erfc));

    public static ComplexLane ErfInv(ComplexLane x) => throw Unordered(nameof(ErfInv));

    public static ComplexLane Exp(ComplexLane x) => new(Complex.Exp(x.value));

    public static ComplexLane Log(ComplexLane x) => new(Complex.Log(x.value));

    public static ComplexLane Sin(ComplexLane x) => new(Complex.Sin(x.value));

    public static ComplexLane Cos(ComplexLane x) => new(Complex.Cos(x.value));

    public static ComplexLane Tan(ComplexLane x) => new(Complex.Tan(x.value));

    public static ComplexLane Asin(ComplexLane x) => new(Complex.Asin(x.value));

    public static ComplexLane Acos(ComplexLane x) => new(Complex.Acos(x.value));

    public static ComplexLane Atan(ComplexLane x) => new(Complex.Atan(x.value));

    public static ComplexLane Sinh(ComplexLane x) => new(Complex.Sinh(x.value));

    public static ComplexLane Cosh(ComplexLane x) => new(Complex.Cosh(x.value));

    public static ComplexLane Tanh(ComplexLane x) => new(Complex.Tanh(x.value));
}
