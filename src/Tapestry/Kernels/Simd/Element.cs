using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Simd;

/// <summary>
/// Scalar conversions and integer arithmetic on an element type known only to the just-in-time compiler, which folds all tests of
/// <c>typeof(T)</c> and leaves one branch.
/// </summary>
static class Element<T> where T : unmanaged
{
    public static bool IsFloating
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(float) || typeof(T) == typeof(double);
    }

    public static ElementKind Kind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(float) ? ElementKind.Float32 : typeof(T) == typeof(double) ? ElementKind.Float64 : ElementKind.Integer;
    }

    public static T Lowest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (IsFloating) return FromDouble(double.NegativeInfinity);
            var signed = typeof(T) == typeof(sbyte) || typeof(T) == typeof(short) || typeof(T) == typeof(int) || typeof(T) == typeof(long);
            return FromBits(signed ? 1L << (Bits - 1) : 0);
        }
    }

    public static T Highest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsFloating ? FromDouble(double.PositiveInfinity) : FromBits(~ToLong(Lowest));
    }

    public static int Bits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.SizeOf<T>() * 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FromDouble(double value)
    {
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<float, T>((float)value);
        if (typeof(T) == typeof(double)) return Unsafe.BitCast<double, T>(value);
        if (typeof(T) == typeof(ulong)) return Unsafe.BitCast<ulong, T>((ulong)value);
        return FromLong((long)value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FromLong(long value)
    {
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<float, T>(value);
        if (typeof(T) == typeof(double)) return Unsafe.BitCast<double, T>(value);
        return FromBits(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FromBits(long value)
    {
        if (Unsafe.SizeOf<T>() == 1) return Unsafe.BitCast<byte, T>((byte)value);
        if (Unsafe.SizeOf<T>() == 2) return Unsafe.BitCast<ushort, T>((ushort)value);
        if (Unsafe.SizeOf<T>() == 4) return Unsafe.BitCast<uint, T>((uint)value);
        return Unsafe.BitCast<long, T>(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDouble(T value)
    {
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<T, float>(value);
        if (typeof(T) == typeof(double)) return Unsafe.BitCast<T, double>(value);
        if (typeof(T) == typeof(ulong)) return Unsafe.BitCast<T, ulong>(value);
        return ToLong(value);
    }

    /// <summary>The integer's value, or the bits of an unsigned 64-bit one. Not for floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ToLong(T value)
    {
        if (typeof(T) == typeof(sbyte)) return Unsafe.BitCast<T, sbyte>(value);
        if (typeof(T) == typeof(short)) return Unsafe.BitCast<T, short>(value);
        if (typeof(T) == typeof(int)) return Unsafe.BitCast<T, int>(value);
        if (typeof(T) == typeof(byte)) return Unsafe.BitCast<T, byte>(value);
        if (typeof(T) == typeof(ushort)) return Unsafe.BitCast<T, ushort>(value);
        if (typeof(T) == typeof(uint)) return Unsafe.BitCast<T, uint>(value);
        return Unsafe.BitCast<T, long>(value);
    }

    public static T Divide(T left, T right)
    {
        if (typeof(T) == typeof(ulong))
        {
            var divisor = (ulong)ToLong(right);
            return FromBits(divisor == 0 ? 0 : (long)((ulong)ToLong(left) / divisor));
        }
        return FromBits(Divide(ToLong(left), ToLong(right)));
    }

    public static T FloorDivide(T left, T right)
    {
        if (typeof(T) == typeof(ulong)) return Divide(left, right);
        long a = ToLong(left), b = ToLong(right);
        var quotient = Divide(a, b);
        if (b != 0 && b != -1 && a % b != 0 && (a < 0) != (b < 0)) quotient--;
        return FromBits(quotient);
    }

    public static T TruncateModulo(T left, T right)
    {
        if (typeof(T) == typeof(float)) return FromDouble(Unsafe.BitCast<T, float>(left) % Unsafe.BitCast<T, float>(right));
        if (typeof(T) == typeof(double)) return FromDouble(Unsafe.BitCast<T, double>(left) % Unsafe.BitCast<T, double>(right));
        if (typeof(T) == typeof(ulong))
        {
            var divisor = (ulong)ToLong(right);
            return FromBits(divisor == 0 ? 0 : (long)((ulong)ToLong(left) % divisor));
        }
        long a = ToLong(left), b = ToLong(right);
        return FromBits(b is 0 or -1 ? 0 : a % b);
    }

    public static T FloorModulo(T left, T right)
    {
        if (typeof(T) == typeof(float)) return FromDouble(FloorModulo(Unsafe.BitCast<T, float>(left), Unsafe.BitCast<T, float>(right)));
        if (typeof(T) == typeof(double)) return FromDouble(FloorModulo(Unsafe.BitCast<T, double>(left), Unsafe.BitCast<T, double>(right)));
        if (typeof(T) == typeof(ulong)) return TruncateModulo(left, right);
        long a = ToLong(left), b = ToLong(right);
        var remainder = b is 0 or -1 ? 0 : a % b;
        return FromBits(remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder);
    }

    public static T ShiftLeft(T value, T count) => FromBits(ToLong(value) << ShiftCount(count));

    public static T ShiftRight(T value, T count) => typeof(T) == typeof(ulong)
        ? FromBits((long)((ulong)ToLong(value) >> ShiftCount(count)))
        : FromBits(ToLong(value) >> ShiftCount(count));

    static int ShiftCount(T count) => (int)Math.Clamp(typeof(T) == typeof(ulong) && ToLong(count) < 0 ? long.MaxValue : ToLong(count), 0, Bits - 1);

    // The processor traps on x / 0 and on the smallest number / −1.
    static long Divide(long a, long b) => b switch { 0 => 0, -1 => unchecked(-a), _ => a / b };

    // The remainder in the element's own precision is exact; adding the divisor is what TensorFlow does, and may round.
    static float FloorModulo(float a, float b)
    {
        var remainder = a % b;
        return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
    }

    static double FloorModulo(double a, double b)
    {
        var remainder = a % b;
        return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
    }
}
