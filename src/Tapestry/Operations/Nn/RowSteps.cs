using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>What is done to each vector of a row; the last one of a row may be shorter (<c>rest</c> elements).</summary>
/// <typeparam name="T">float32 or float64.</typeparam>
unsafe interface IRowStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Takes the vector at a place in, and gives the running total.</summary>
    V Invoke<V>(V total, nint i, nint rest)
        where V : unmanaged, ILanes<V, T>;
}

/// <summary>The sum of the elements.</summary>
readonly unsafe struct SumStep<T>(T* x) : IRowStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V total, nint i, nint rest)
        where V : unmanaged, ILanes<V, T> => total + RowLoop.Load(x + i, rest, V.Create(0L));
}

/// <summary>The sum of the products of two rows.</summary>
readonly unsafe struct ProductStep<T>(T* x, T* y) : IRowStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V total, nint i, nint rest)
        where V : unmanaged, ILanes<V, T> => V.MultiplyAdd(RowLoop.Load(x + i, rest, V.Create(0L)), RowLoop.Load(y + i, rest, V.Create(0L)), total);
}

/// <summary>y = x - first - second.</summary>
readonly unsafe struct ShiftStep<T>(T* x, T* y, T first, T second) : IRowStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V total, nint i, nint rest)
        where V : unmanaged, ILanes<V, T>
    {
        RowLoop.Store(RowLoop.Load(x + i, rest, V.Lowest) - V.Broadcast(first) - V.Broadcast(second), y + i, rest);
        return total;
    }
}

/// <summary>dx = y · (g - mean): the gradient of softmax.</summary>
readonly unsafe struct SoftmaxGradientStep<T>(T* y, T* g, T* dx, T mean) : IRowStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V total, nint i, nint rest)
        where V : unmanaged, ILanes<V, T>
    {
        RowLoop.Store(RowLoop.Load(y + i, rest, V.Create(0L)) * (RowLoop.Load(g + i, rest, V.Create(0L)) - V.Broadcast(mean)), dx + i, rest);
        return total;
    }
}

/// <summary>dx = g - exp(y) · sum: the gradient of log-softmax.</summary>
readonly unsafe struct LogSoftmaxGradientStep<T>(T* y, T* g, T* dx, T sum) : IRowStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V total, nint i, nint rest)
        where V : unmanaged, ILanes<V, T>
    {
        RowLoop.Store(RowLoop.Load(g + i, rest, V.Create(0L)) - V.Exp(RowLoop.Load(y + i, rest, V.Create(0L))) * V.Broadcast(sum), dx + i, rest);
        return total;
    }
}

/// <summary>The sum of labels · (logarithm - (x - shift)): the cross entropy.</summary>
readonly unsafe struct CrossEntropyStep<T>(T* x, T* labels, T shift, T logarithm) : IRowStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V total, nint i, nint rest)
        where V : unmanaged, ILanes<V, T> =>
        total + RowLoop.Load(labels + i, rest, V.Create(0L)) * (V.Broadcast(logarithm) - (RowLoop.Load(x + i, rest, V.Broadcast(shift)) - V.Broadcast(shift)));
}

/// <summary>dx = (exponential · factor - labels) · scale: the gradient of the cross entropy; the exponentials stand in dx.</summary>
readonly unsafe struct CrossEntropyGradientStep<T>(T* labels, T* dx, T factor, T scale) : IRowStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V total, nint i, nint rest)
        where V : unmanaged, ILanes<V, T>
    {
        RowLoop.Store((RowLoop.Load(dx + i, rest, V.Create(0L)) * V.Broadcast(factor) - RowLoop.Load(labels + i, rest, V.Create(0L))) * V.Broadcast(scale), dx + i, rest);
        return total;
    }
}
