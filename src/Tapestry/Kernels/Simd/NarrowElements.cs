using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tapestry.Kernels.Simd;

/// <summary>
/// Block conversions between an element as stored and the element it is computed in: float16 and bfloat16 in float32, complex64 in
/// complex128, everything else in itself.
/// </summary>
static unsafe class NarrowElements
{
    /// <summary>Elements per block: small enough for the stack and the first cache level.</summary>
    public const int Block = 1024;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNarrow<T>() where T : unmanaged => typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16) || typeof(T) == typeof(Complex64);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TWide Widen<T, TWide>(T value)
        where T : unmanaged
        where TWide : unmanaged
    {
        if (typeof(T) == typeof(Half)) return Unsafe.BitCast<float, TWide>((float)Unsafe.BitCast<T, Half>(value));
        if (typeof(T) == typeof(BFloat16)) return Unsafe.BitCast<float, TWide>(Unsafe.BitCast<T, BFloat16>(value));
        if (typeof(T) == typeof(Complex64)) return Unsafe.BitCast<Complex, TWide>(Unsafe.BitCast<T, Complex64>(value));
        return Unsafe.BitCast<T, TWide>(value);
    }

    public static void Widen<T, TWide>(T* source, TWide* destination, int count)
        where T : unmanaged
        where TWide : unmanaged
    {
        if (typeof(T) == typeof(Half))
            TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(source, count), new Span<float>(destination, count));
        else if (typeof(T) == typeof(BFloat16))
            Widen((ushort*)source, (uint*)destination, count);
        else if (typeof(T) == typeof(Complex64))
            for (var i = 0; i < count; i++) ((Complex*)destination)[i] = ((Complex64*)source)[i];
        else
            Unsafe.CopyBlockUnaligned(destination, source, (uint)(count * sizeof(T)));
    }

    public static void Narrow<T, TWide>(TWide* source, T* destination, int count)
        where T : unmanaged
        where TWide : unmanaged
    {
        if (typeof(T) == typeof(Half))
            TensorPrimitives.ConvertToHalf(new ReadOnlySpan<float>(source, count), new Span<Half>(destination, count));
        else if (typeof(T) == typeof(BFloat16))
            Narrow((uint*)source, (ushort*)destination, count);
        else if (typeof(T) == typeof(Complex64))
            for (var i = 0; i < count; i++) ((Complex64*)destination)[i] = (Complex64)((Complex*)source)[i];
        else
            Unsafe.CopyBlockUnaligned(destination, source, (uint)(count * sizeof(T)));
    }

    static void Widen(ushort* source, uint* destination, int count)
    {
        var i = 0;
        for (; i <= count - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            var (lower, upper) = Vector128.Widen(Vector128.Load(source + i));
            (lower << 16).Store(destination + i);
            (upper << 16).Store(destination + i + Vector128<uint>.Count);
        }
        for (; i < count; i++) destination[i] = (uint)source[i] << 16;
    }

    static void Narrow(uint* source, ushort* destination, int count)
    {
        var i = 0;
        for (; i <= count - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
            Vector128.Narrow(Rounded(Vector128.Load(source + i)), Rounded(Vector128.Load(source + i + Vector128<uint>.Count))).Store(destination + i);
        for (; i < count; i++) destination[i] = ((BFloat16)((float*)source)[i]).Bits;
    }

    // The same as the scalar conversion of BFloat16.
    static Vector128<uint> Rounded(Vector128<uint> bits)
    {
        var number = Vector128.Equals(bits.AsSingle(), bits.AsSingle()).AsUInt32();
        var rounded = (bits + Vector128.Create(0x7FFFu) + ((bits >>> 16) & Vector128<uint>.One)) >>> 16;
        return Vector128.ConditionalSelect(number, rounded, (bits >>> 16) | Vector128.Create(0x40u));
    }
}
