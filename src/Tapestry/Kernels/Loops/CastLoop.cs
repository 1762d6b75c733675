using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// Conversions between element types as TensorFlow on x86-64 does them: floats truncate toward zero to integers and give the processor's
/// "indefinite" value out of range, integers wrap, anything is true unless it is 0, a complex number loses its imaginary part, on its way to bool too. bool is a byte of 0 or 1.
/// </summary>
static unsafe class CastLoop
{
    public static void Run<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> destination)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        Debug.Assert(source.Length == destination.Length, "A cast's source and destination have the same length.");
        fixed (TFrom* from = source)
        fixed (TTo* to = destination)
        {
            var chunks = new Chunks<TFrom, TTo>(from, to);
            LoopChunks.Run(source.Length, ref chunks);
        }
    }

    readonly struct Chunks<TFrom, TTo>(TFrom* source, TTo* destination) : IChunkBody
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(nint start, nint count)
        {
            var from = source + start;
            var to = destination + start;
            if (typeof(TFrom) == typeof(TTo))
            {
                Buffer.MemoryCopy(from, to, count * sizeof(TTo), count * sizeof(TTo));
                return;
            }
            if ((typeof(TFrom) == typeof(Half) || typeof(TFrom) == typeof(BFloat16)) && typeof(TTo) == typeof(float))
            {
                NarrowElements.Widen(from, (float*)to, (int)count);
                return;
            }
            if (typeof(TFrom) == typeof(float) && (typeof(TTo) == typeof(Half) || typeof(TTo) == typeof(BFloat16)))
            {
                NarrowElements.Narrow((float*)from, to, (int)count);
                return;
            }
            nint i = 0;
            if (typeof(TFrom) == typeof(int) && typeof(TTo) == typeof(float))
                for (; i <= count - Vector256<int>.Count; i += Vector256<int>.Count)
                    Vector256.ConvertToSingle(Vector256.Load((int*)from + i)).Store((float*)to + i);
            else if (typeof(TFrom) == typeof(float) && typeof(TTo) == typeof(double))
                for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
                {
                    var (lower, upper) = Vector256.Widen(Vector256.Load((float*)from + i));
                    lower.Store((double*)to + i);
                    upper.Store((double*)to + i + Vector256<double>.Count);
                }
            else if (typeof(TFrom) == typeof(double) && typeof(TTo) == typeof(float))
                for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
                    Vector256.Narrow(Vector256.Load((double*)from + i), Vector256.Load((double*)from + i + Vector256<double>.Count)).Store((float*)to + i);
            else if ((typeof(TFrom) == typeof(byte) || typeof(TFrom) == typeof(bool)) && typeof(TTo) == typeof(float))
                for (; i <= count - Vector128<byte>.Count; i += Vector128<byte>.Count)
                {
                    var (lower, upper) = Vector128.Widen(Vector128.Load((byte*)from + i));
                    Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(lower), Vector128.WidenUpper(lower)).AsInt32()).Store((float*)to + i);
                    Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(upper), Vector128.WidenUpper(upper)).AsInt32()).Store((float*)to + i + 8);
                }
            for (; i < count; i++) to[i] = Convert<TFrom, TTo>(from[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TTo Convert<TFrom, TTo>(TFrom value)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        if (typeof(TFrom) == typeof(TTo)) return Unsafe.BitCast<TFrom, TTo>(value);
        if (typeof(TFrom) == typeof(bool)) return Convert<byte, TTo>(Unsafe.BitCast<TFrom, byte>(value));
        if (typeof(TFrom) == typeof(Half)) return Convert<float, TTo>((float)Unsafe.BitCast<TFrom, Half>(value));
        if (typeof(TFrom) == typeof(BFloat16)) return Convert<float, TTo>(Unsafe.BitCast<TFrom, BFloat16>(value));
        if (typeof(TFrom) == typeof(Complex64)) return FromComplex<TTo>(Unsafe.BitCast<TFrom, Complex64>(value));
        if (typeof(TFrom) == typeof(Complex)) return FromComplex<TTo>(Unsafe.BitCast<TFrom, Complex>(value));
        if (typeof(TFrom) == typeof(float)) return FromFloating<TTo>(Unsafe.BitCast<TFrom, float>(value));
        if (typeof(TFrom) == typeof(double)) return FromFloating<TTo>(Unsafe.BitCast<TFrom, double>(value));
        return FromInteger<TTo>(Element<TFrom>.ToLong(value), typeof(TFrom) == typeof(ulong));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TTo FromComplex<TTo>(Complex value) where TTo : unmanaged
    {
        if (typeof(TTo) == typeof(Complex)) return Unsafe.BitCast<Complex, TTo>(value);
        if (typeof(TTo) == typeof(Complex64)) return Unsafe.BitCast<Complex64, TTo>((Complex64)value);
        if (typeof(TTo) == typeof(bool)) return Unsafe.BitCast<bool, TTo>(value.Real != 0);
        return FromFloating<TTo>(value.Real);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TTo FromInteger<TTo>(long value, bool isUnsigned) where TTo : unmanaged
    {
        if (typeof(TTo) == typeof(bool)) return Unsafe.BitCast<bool, TTo>(value != 0);
        if (typeof(TTo) == typeof(float)) return Unsafe.BitCast<float, TTo>(isUnsigned ? (ulong)value : value);
        if (typeof(TTo) == typeof(double)) return Unsafe.BitCast<double, TTo>(isUnsigned ? (ulong)value : value);
        if (typeof(TTo) == typeof(Half)) return Unsafe.BitCast<Half, TTo>((Half)(isUnsigned ? (ulong)value : (float)value));
        if (typeof(TTo) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, TTo>((BFloat16)(isUnsigned ? (ulong)value : (float)value));
        if (typeof(TTo) == typeof(Complex64)) return Unsafe.BitCast<Complex64, TTo>(new(isUnsigned ? (ulong)value : value, 0));
        if (typeof(TTo) == typeof(Complex)) return Unsafe.BitCast<Complex, TTo>(new(isUnsigned ? (ulong)value : value, 0));
        return Element<TTo>.FromBits(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TTo FromFloating<TTo>(double value) where TTo : unmanaged
    {
        if (typeof(TTo) == typeof(bool)) return Unsafe.BitCast<bool, TTo>(value != 0);
        if (typeof(TTo) == typeof(float)) return Unsafe.BitCast<float, TTo>((float)value);
        if (typeof(TTo) == typeof(double)) return Unsafe.BitCast<double, TTo>(value);
        if (typeof(TTo) == typeof(Half)) return Unsafe.BitCast<Half, TTo>((Half)(float)value);
        if (typeof(TTo) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, TTo>((BFloat16)(float)value);
        if (typeof(TTo) == typeof(Complex64)) return Unsafe.BitCast<Complex64, TTo>(new((float)value, 0));
        if (typeof(TTo) == typeof(Complex)) return Unsafe.BitCast<Complex, TTo>(new(value, 0));
        if (typeof(TTo) == typeof(ulong))
            return Element<TTo>.FromBits(value < 9223372036854775808.0 ? ToLong(value) : ToLong(value - 9223372036854775808.0) ^ long.MinValue);
        if (typeof(TTo) == typeof(long) || typeof(TTo) == typeof(uint)) return Element<TTo>.FromBits(ToLong(value));
        return Element<TTo>.FromBits(value is > -2147483649.0 and < 2147483648.0 ? (int)value : int.MinValue);
    }

    static long ToLong(double value) => value is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)value : long.MinValue;
}
