using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Simd;

/// <summary>What has no vector instruction: the vector goes through memory, one lane after the other.</summary>
[SkipLocalsInit]
static unsafe class LaneByLane<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Divide(V left, V right)
    {
        T* a = stackalloc T[V.Count], b = stackalloc T[V.Count];
        V.Store(left, a);
        V.Store(right, b);
        for (var i = 0; i < V.Count; i++) a[i] = Element<T>.Divide(a[i], b[i]);
        return V.Load(a);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V FloorDivide(V left, V right)
    {
        T* a = stackalloc T[V.Count], b = stackalloc T[V.Count];
        V.Store(left, a);
        V.Store(right, b);
        for (var i = 0; i < V.Count; i++) a[i] = Element<T>.FloorDivide(a[i], b[i]);
        return V.Load(a);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V FloorModulo(V left, V right)
    {
        T* a = stackalloc T[V.Count], b = stackalloc T[V.Count];
        V.Store(left, a);
        V.Store(right, b);
        for (var i = 0; i < V.Count; i++) a[i] = Element<T>.FloorModulo(a[i], b[i]);
        return V.Load(a);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V TruncateModulo(V left, V right)
    {
        T* a = stackalloc T[V.Count], b = stackalloc T[V.Count];
        V.Store(left, a);
        V.Store(right, b);
        for (var i = 0; i < V.Count; i++) a[i] = Element<T>.TruncateModulo(a[i], b[i]);
        return V.Load(a);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V ShiftLeft(V value, V counts)
    {
        T* a = stackalloc T[V.Count], b = stackalloc T[V.Count];
        V.Store(value, a);
        V.Store(counts, b);
        for (var i = 0; i < V.Count; i++) a[i] = Element<T>.ShiftLeft(a[i], b[i]);
        return V.Load(a);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V ShiftRight(V value, V counts)
    {
        T* a = stackalloc T[V.Count], b = stackalloc T[V.Count];
        V.Store(value, a);
        V.Store(counts, b);
        for (var i = 0; i < V.Count; i++) a[i] = Element<T>.ShiftRight(a[i], b[i]);
        return V.Load(a);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Call<TFunction>(V value) where TFunction : struct, IScalarFunction
    {
        T* a = stackalloc T[V.Count];
        V.Store(value, a);
        for (var i = 0; i < V.Count; i++) a[i] = Element<T>.FromDouble(TFunction.Invoke(Element<T>.ToDouble(a[i])));
        return V.Load(a);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Call2<TFunction>(V left, V right) where TFunction : struct, IScalarFunction2
    {
        T* a = stackalloc T[V.Count], b = stackalloc T[V.Count];
        V.Store(left, a);
        V.Store(right, b);
        for (var i = 0; i < V.Count; i++) a[i] = Element<T>.FromDouble(TFunction.Invoke(Element<T>.ToDouble(a[i]), Element<T>.ToDouble(b[i])));
        return V.Load(a);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V CallWhere<TFunction>(V mask, V value, V otherwise) where TFunction : struct, IScalarFunction
    {
        byte* chosen = stackalloc byte[V.Count];
        T* a = stackalloc T[V.Count], b = stackalloc T[V.Count];
        V.StoreMask(mask, chosen);
        V.Store(value, a);
        V.Store(otherwise, b);
        for (var i = 0; i < V.Count; i++)
            if (chosen[i] != 0) b[i] = Element<T>.FromDouble(TFunction.Invoke(Element<T>.ToDouble(a[i])));
        return V.Load(b);
    }
}
