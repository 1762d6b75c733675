using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Gemm;

/// <summary>256-bit vectors of float or double.</summary>
readonly unsafe struct Unit256<T> : IVectorUnit<T, Vector256<T>>
    where T : unmanaged
{
    public static int Count => 32 / sizeof(T);

    public static int Rows => 6;

    public static int BlockBytes => 2048;

    public static int TransposedBytes => 192 << 10;

    public static bool FetchesAhead => true;

    public static Vector256<T> Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Load(T* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* destination, Vector256<T> value) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(T* destination, Vector256<T> value) => value.StoreAlignedNonTemporal(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> LoadPartial(T* source, int count)
    {
        if (Avx.IsSupported)
        {
            return typeof(T) == typeof(float)
                ? Avx.MaskLoad((float*)source, Mask(count).AsSingle()).As<float, T>()
                : Avx.MaskLoad((double*)source, Mask(count).AsDouble()).As<double, T>();
        }

        Vector256<T> value = Vector256<T>.Zero;
        for (int i = 0; i < count; i++)
            value = value.WithElement(i, source[i]);
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(T* destination, Vector256<T> value, int count)
    {
        if (Avx.IsSupported)
        {
            if (typeof(T) == typeof(float))
                Avx.MaskStore((float*)destination, Mask(count).AsSingle(), value.AsSingle());
            else
                Avx.MaskStore((double*)destination, Mask(count).AsDouble(), value.AsDouble());
            return;
        }

        for (int i = 0; i < count; i++)
            destination[i] = value.GetElement(i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Broadcast(T value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> BroadcastFrom(T* source, nint index)
    {
        if (!Avx.IsSupported)
            return Vector256.Create(source[index]);
        return typeof(T) == typeof(float) ? Avx.BroadcastScalarToVector256((float*)source + index).As<float, T>() : Avx.BroadcastScalarToVector256((double*)source + index).As<double, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MultiplyAdd(Vector256<T> x, Vector256<T> y, Vector256<T> sum) => typeof(T) == typeof(float)
        ? Vector256.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), sum.AsSingle()).As<float, T>()
        : Vector256.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), sum.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Add(Vector256<T> x, Vector256<T> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Subtract(Vector256<T> x, Vector256<T> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Maximum(Vector256<T> x, Vector256<T> y) => Vector256.Max(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rise(ref Vector256<T> best, ref Vector256<T> unordered, Vector256<T> x)
    {
        best = Vector256.MaxNative(x, best);
        unordered |= Vector256.IsNaN(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Risen(Vector256<T> best, Vector256<T> unordered) => best | unordered;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Leaky(Vector256<T> x, Vector256<T> slope) => Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<T>.Zero), x, x * slope);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Divide(Vector256<T> x, Vector256<T> y) => x / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> WherePositive(Vector256<T> condition, Vector256<T> value) => Vector256.GreaterThan(condition, Vector256<T>.Zero) & value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Take(Vector256<T> x, Vector256<T> maximum, ref Vector256<T> gradient)
    {
        Vector256<T> chosen = Vector256.Equals(x, maximum) | ~Vector256.Equals(x, x);
        Vector256<T> taken = chosen & gradient;
        gradient = Vector256.AndNot(gradient, chosen);
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Vector256<T> x) => Vector256.Sum(x);

    /// <summary>All bits set in the first <paramref name="count"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Mask(int count) => typeof(T) == typeof(float)
        ? Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).As<int, T>()
        : Vector256.LessThan(Vector256<long>.Indices, Vector256.Create((long)count)).As<long, T>();
}
