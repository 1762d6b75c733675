using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Gemm;

/// <summary>128-bit vectors of float or double.</summary>
readonly unsafe struct Unit128<T> : IVectorUnit<T, Vector128<T>>
    where T : unmanaged
{
    public static int Count => 16 / sizeof(T);

    public static int Rows => AdvSimd.IsSupported ? 12 : 6;

    public static int BlockBytes => 4096;

    public static int TransposedBytes => int.MaxValue;

    public static bool FetchesAhead => false;

    public static Vector128<T> Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load(T* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* destination, Vector128<T> value) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(T* destination, Vector128<T> value) => value.StoreAlignedNonTemporal(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> LoadPartial(T* source, int count)
    {
        if (Avx.IsSupported)
        {
            return typeof(T) == typeof(float)
                ? Avx.MaskLoad((float*)source, Mask(count).AsSingle()).As<float, T>()
                : Avx.MaskLoad((double*)source, Mask(count).AsDouble()).As<double, T>();
        }

        Vector128<T> value = Vector128<T>.Zero;
        for (int i = 0; i < count; i++)
            value = value.WithElement(i, source[i]);
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(T* destination, Vector128<T> value, int count)
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
    public static Vector128<T> Broadcast(T value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> BroadcastFrom(T* source, nint index) => Vector128.Create(source[index]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MultiplyAdd(Vector128<T> x, Vector128<T> y, Vector128<T> sum) => typeof(T) == typeof(float)
        ? Vector128.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), sum.AsSingle()).As<float, T>()
        : Vector128.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), sum.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Add(Vector128<T> x, Vector128<T> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Subtract(Vector128<T> x, Vector128<T> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Maximum(Vector128<T> x, Vector128<T> y) => Vector128.Max(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rise(ref Vector128<T> best, ref Vector128<T> unordered, Vector128<T> x)
    {
        best = Vector128.MaxNative(x, best);
        unordered |= Vector128.IsNaN(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Risen(Vector128<T> best, Vector128<T> unordered) => best | unordered;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Leaky(Vector128<T> x, Vector128<T> slope) => Vector128.ConditionalSelect(Vector128.GreaterThan(x, Vector128<T>.Zero), x, x * slope);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Divide(Vector128<T> x, Vector128<T> y) => x / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> WherePositive(Vector128<T> condition, Vector128<T> value) => Vector128.GreaterThan(condition, Vector128<T>.Zero) & value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Take(Vector128<T> x, Vector128<T> maximum, ref Vector128<T> gradient)
    {
        Vector128<T> chosen = Vector128.Equals(x, maximum) | ~Vector128.Equals(x, x);
        Vector128<T> taken = chosen & gradient;
        gradient = Vector128.AndNot(gradient, chosen);
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Vector128<T> x) => Vector128.Sum(x);

    /// <summary>All bits set in the first <paramref name="count"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<T> Mask(int count) => typeof(T) == typeof(float)
        ? Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).As<int, T>()
        : Vector128.LessThan(Vector128<long>.Indices, Vector128.Create((long)count)).As<long, T>();
}
