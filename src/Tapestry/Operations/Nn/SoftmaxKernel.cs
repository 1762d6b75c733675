using System.Numerics;
using System.Runtime.CompilerServices;
using Tapestry.Kernels.Simd;

namespace Tapestry;

/// <summary>Softmax, its logarithm and the cross entropies with it, row by row. All subtract the greatest element first, so nothing overflows.</summary>
static unsafe class SoftmaxKernel
{
    /// <summary>y = exp(x) / Σ exp(x).</summary>
    internal static void Softmax<T>(ReadOnlySpan<T> x, Span<T> y, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (y.IsEmpty) return;
        fixed (T* from = x, to = y) RowLoop.Run<SoftmaxRow<T>, T>(y.Length / count, count, new(from, to, count));
    }

    /// <summary>y = x − ln Σ exp(x).</summary>
    internal static void LogSoftmax<T>(ReadOnlySpan<T> x, Span<T> y, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (y.IsEmpty) return;
        fixed (T* from = x, to = y) RowLoop.Run<LogSoftmaxRow<T>, T>(y.Length / count, count, new(from, to, count));
    }

    /// <summary>dx = y · (g − Σ g·y).</summary>
    internal static void SoftmaxGradient<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> g, Span<T> dx, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (dx.IsEmpty) return;
        fixed (T* output = y, upstream = g, to = dx) RowLoop.Run<SoftmaxGradientRow<T>, T>(dx.Length / count, count, new(output, upstream, to, count));
    }

    /// <summary>dx = g − exp(y) · Σ g.</summary>
    internal static void LogSoftmaxGradient<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> g, Span<T> dx, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (dx.IsEmpty) return;
        fixed (T* output = y, upstream = g, to = dx) RowLoop.Run<LogSoftmaxGradientRow<T>, T>(dx.Length / count, count, new(output, upstream, to, count));
    }

    /// <summary>loss = Σ label · (ln Σ exp(x) − x).</summary>
    internal static void CrossEntropy<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> labels, Span<T> loss, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (count == 0) loss.Clear();
        else fixed (T* logits = x, targets = labels, to = loss) RowLoop.Run<CrossEntropyRow<T>, T>(loss.Length, count, new(logits, targets, to, count));
    }

    /// <summary>dx = (softmax(x) − label) · g.</summary>
    internal static void CrossEntropyGradient<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> labels, ReadOnlySpan<T> g, Span<T> dx, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (dx.IsEmpty) return;
        fixed (T* logits = x, targets = labels, upstream = g, to = dx) RowLoop.Run<CrossEntropyGradientRow<T>, T>(g.Length, count, new(logits, targets, upstream, to, count));
    }

    /// <summary>loss = ln Σ exp(x) − x[label].</summary>
    internal static void SparseCrossEntropy<T, TLabel>(ReadOnlySpan<T> x, ReadOnlySpan<TLabel> labels, Span<T> loss, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        if (loss.IsEmpty) return;
        fixed (T* logits = x, to = loss)
        fixed (TLabel* targets = labels)
            RowLoop.Run<SparseCrossEntropyRow<T, TLabel>, T>(loss.Length, count, new(logits, targets, to, count));
    }

    /// <summary>dx = (softmax(x) − one-hot(label)) · g.</summary>
    internal static void SparseCrossEntropyGradient<T, TLabel>(ReadOnlySpan<T> x, ReadOnlySpan<TLabel> labels, ReadOnlySpan<T> g, Span<T> dx, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        if (dx.IsEmpty) return;
        fixed (T* logits = x, upstream = g, to = dx)
        fixed (TLabel* targets = labels)
            RowLoop.Run<SparseCrossEntropyGradientRow<T, TLabel>, T>(g.Length, count, new(logits, targets, upstream, to, count));
    }

    /// <summary>Writes exp(x − greatest) and returns its sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T Exponentials<V, T>(T* x, T* y, nint count, T greatest)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (shift, sum) = (V.Broadcast(greatest), V.Create(0L));
        for (nint i = 0; i < count; i += V.Count)
        {
            var exponential = V.Exp(RowLoop.Load(x + i, count - i, V.Lowest) - shift);
            sum += exponential;
            RowLoop.Store(exponential, y + i, count - i);
        }

        return RowLoop.Sum<V, T>(sum);
    }

    /// <summary>ln Σ exp(x − greatest).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T LogOfSum<V, T>(T* x, nint count, T greatest)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (shift, sum) = (V.Broadcast(greatest), V.Create(0L));
        for (nint i = 0; i < count; i += V.Count) sum += V.Exp(RowLoop.Load(x + i, count - i, V.Lowest) - shift);
        return T.Log(RowLoop.Sum<V, T>(sum));
    }

    readonly struct SoftmaxRow<T>(T* x, T* y, nint count) : IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke<V>(nint row)
            where V : unmanaged, ILanes<V, T>
        {
            T* from = x + row * count, to = y + row * count;
            var sum = V.Broadcast(Exponentials<V, T>(from, to, count, RowLoop.Max<V, T>(from, count)));
            for (nint i = 0; i < count; i += V.Count) RowLoop.Store(RowLoop.Load(to + i, count - i, V.Create(0L)) / sum, to + i, count - i);
        }
    }

    readonly struct LogSoftmaxRow<T>(T* x, T* y, nint count) : IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke<V>(nint row)
            where V : unmanaged, ILanes<V, T>
        {
            T* from = x + row * count, to = y + row * count;
            var greatest = RowLoop.Max<V, T>(from, count);
            var (shift, logarithm) = (V.Broadcast(greatest), V.Broadcast(LogOfSum<V, T>(from, count, greatest)));
            for (nint i = 0; i < count; i += V.Count) RowLoop.Store(RowLoop.Load(from + i, count - i, V.Lowest) - shift - logarithm, to + i, count - i);
        }
    }

    readonly struct SoftmaxGradientRow<T>(T* y, T* g, T* dx, nint count) : IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke<V>(nint row)
            where V : unmanaged, ILanes<V, T>
        {
            T* output = y + row * count, upstream = g + row * count, to = dx + row * count;
            var (zero, products) = (V.Create(0L), V.Create(0L));
            for (nint i = 0; i < count; i += V.Count) products += RowLoop.Load(output + i, count - i, zero) * RowLoop.Load(upstream + i, count - i, zero);
            var mean = V.Broadcast(RowLoop.Sum<V, T>(products));
            for (nint i = 0; i < count; i += V.Count)
            {
                RowLoop.Store(RowLoop.Load(output + i, count - i, zero) * (RowLoop.Load(upstream + i, count - i, zero) - mean), to + i, count - i);
            }
        }
    }

    readonly struct LogSoftmaxGradientRow<T>(T* y, T* g, T* dx, nint count) : IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke<V>(nint row)
            where V : unmanaged, ILanes<V, T>
        {
            T* output = y + row * count, upstream = g + row * count, to = dx + row * count;
            var (zero, total) = (V.Create(0L), V.Create(0L));
            for (nint i = 0; i < count; i += V.Count) total += RowLoop.Load(upstream + i, count - i, zero);
            var sum = V.Broadcast(RowLoop.Sum<V, T>(total));
            for (nint i = 0; i < count; i += V.Count)
            {
                RowLoop.Store(RowLoop.Load(upstream + i, count - i, zero) - V.Exp(RowLoop.Load(output + i, count - i, zero)) * sum, to + i, count - i);
            }
        }
    }

    readonly struct CrossEntropyRow<T>(T* x, T* labels, T* loss, nint count) : IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke<V>(nint row)
            where V : unmanaged, ILanes<V, T>
        {
            T* from = x + row * count, target = labels + row * count;
            var greatest = RowLoop.Max<V, T>(from, count);
            var (shift, logarithm, zero, sum) = (V.Broadcast(greatest), V.Broadcast(LogOfSum<V, T>(from, count, greatest)), V.Create(0L), V.Create(0L));
            for (nint i = 0; i < count; i += V.Count)
            {
                sum += RowLoop.Load(target + i, count - i, zero) * (logarithm - (RowLoop.Load(from + i, count - i, shift) - shift));
            }

            loss[row] = RowLoop.Sum<V, T>(sum);
        }
    }

    readonly struct CrossEntropyGradientRow<T>(T* x, T* labels, T* g, T* dx, nint count) : IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke<V>(nint row)
            where V : unmanaged, ILanes<V, T>
        {
            T* from = x + row * count, target = labels + row * count, to = dx + row * count;
            var (sum, scale, zero) = (V.Broadcast(Exponentials<V, T>(from, to, count, RowLoop.Max<V, T>(from, count))), V.Broadcast(g[row]), V.Create(0L));
            for (nint i = 0; i < count; i += V.Count)
            {
                RowLoop.Store((RowLoop.Load(to + i, count - i, zero) / sum - RowLoop.Load(target + i, count - i, zero)) * scale, to + i, count - i);
            }
        }
    }

    readonly struct SparseCrossEntropyRow<T, TLabel>(T* x, TLabel* labels, T* loss, nint count) : IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        public void Invoke<V>(nint row)
            where V : unmanaged, ILanes<V, T>
        {
            var from = x + row * count;
            var greatest = RowLoop.Max<V, T>(from, count);
            loss[row] = LogOfSum<V, T>(from, count, greatest) - (from[int.CreateTruncating(labels[row])] - greatest);
        }
    }

    readonly struct SparseCrossEntropyGradientRow<T, TLabel>(T* x, TLabel* labels, T* g, T* dx, nint count) : IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke<V>(nint row)
            where V : unmanaged, ILanes<V, T>
        {
            T* from = x + row * count, to = dx + row * count;
            var total = Exponentials<V, T>(from, to, count, RowLoop.Max<V, T>(from, count));
            var label = int.CreateTruncating(labels[row]);
            var atLabel = (to[label] / total - T.One) * g[row];
            var (sum, scale, zero) = (V.Broadcast(total), V.Broadcast(g[row]), V.Create(0L));
            for (nint i = 0; i < count; i += V.Count) RowLoop.Store(RowLoop.Load(to + i, count - i, zero) / sum * scale, to + i, count - i);
            to[label] = atLabel;
        }
    }
}
