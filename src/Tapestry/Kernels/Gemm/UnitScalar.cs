using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Gemm;

/// <summary>One element at a time, for processors without vectors and as a check of the others.</summary>
readonly unsafe struct UnitScalar<T> : IVectorUnit<T, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Count => 1;

    public static int Rows => 4;

    public static int BlockBytes => 4096;

    public static int TransposedBytes => int.MaxValue;

    public static bool FetchesAhead => false;

    public static T Zero => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load(T* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* destination, T value) => *destination = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreaming(T* destination, T value) => *destination = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T LoadPartial(T* source, int count) => count > 0 ? *source : T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(T* destination, T value, int count)
    {
        if (count > 0)
            *destination = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Broadcast(T value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T BroadcastFrom(T* source, nint index) => source[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MultiplyAdd(T x, T y, T sum) => T.MultiplyAddEstimate(x, y, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Add(T x, T y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Subtract(T x, T y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Maximum(T x, T y) => T.Max(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rise(ref T best, ref T unordered, T x)
    {
        best = x > best ? x : best;
        if (T.IsNaN(x))
            unordered = x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Risen(T best, T unordered) => T.IsNaN(unordered) ? unordered : best;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Leaky(T x, T slope) => x > T.Zero ? x : x * slope;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Divide(T x, T y) => x / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T WherePositive(T condition, T value) => condition > T.Zero ? value : T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Take(T x, T maximum, ref T gradient)
    {
        if (x != maximum && !T.IsNaN(x))
            return T.Zero;
        T taken = gradient;
        gradient = T.Zero;
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(T x) => x;
}
