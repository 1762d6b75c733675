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

    readonly struct SoftmaxRow<T>(T* x, T* y, nint count) : IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke<V>(nint row)
            where V : unmanaged, ILanes<V, T>
        {
            T* from = x + row * count, to = y + row * count;
            var greatest = RowLoop.Max<V, T>(from, count);
            if (count < V.Count)
            {
                RowLoop.Scale<V, T>(to, count, T.One / RowLoop.Exponentials<V, T>(from, to, count, greatest));
                return;
            }

            Scale<V>(to, T.One / (count < ExponentialRow.FewestElements ? Exponentials<V>(from, to, V.Broadcast(greatest)) : ExponentialRow.Run<V, T>(from, to, count, greatest)));
        }

        // The last vector ends where the row ends, and leaves out of the sum what was in it already. It is read first, since the result may lie over the input.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        T Exponentials<V>(T* from, T* to, V shift)
            where V : unmanaged, ILanes<V, T>
        {
            V last = V.Load(from + count - V.Count), total = V.Create(0L);
            // One copy of the exponential: more would exhaust the compiler's budget for inlining.
            for (nint i = 0; i < count; i += V.Count)
            {
                var isWhole = i <= count - V.Count;
                var exponential = V.Exp((isWhole ? V.Load(from + i) : last) - shift);
                V.Store(exponential, to + (isWhole ? i : count - V.Count));
                total += isWhole ? exponential : exponential & RowLoop.LastLanes<V, T>(count - i);
            }

            return RowLoop.Sum<V, T>(total);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Scale<V>(T* to, T factor)
            where V : unmanaged, ILanes<V, T>
        {
            var factors = V.Broadcast(factor);
            var last = V.Load(to + count - V.Count) * factors;
            for (nint i = 0; i <= count - V.Count; i += V.Count) V.Store(V.Load(to + i) * factors, to + i);
            V.Store(last, to + count - V.Count);
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
            var logarithm = T.Log(RowLoop.Exponentials<V, T>(from, null, count, greatest));
            RowLoop.Walk<ShiftStep<T>, V, T>(new(from, to, greatest, logarithm), count, default);
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
            if (count < V.Count)
            {
                RowLoop.Walk<SoftmaxGradientStep<T>, V, T>(new(output, upstream, to, RowLoop.Total<ProductStep<T>, V, T>(new(output, upstream), count)), count, default);
                return;
            }

            // The last vector ends where the row ends; it is read first, since the result may lie over an input.
            V lastOutput = V.Load(output + count - V.Count), lastUpstream = V.Load(upstream + count - V.Count), first = V.Create(0L), second = first;
            nint i = 0;
            for (; i <= count - 2 * V.Count; i += 2 * V.Count)
            {
                first = V.MultiplyAdd(V.Load(output + i), V.Load(upstream + i), first);
                second = V.MultiplyAdd(V.Load(output + i + V.Count), V.Load(upstream + i + V.Count), second);
            }

            for (; i <= count - V.Count; i += V.Count) first = V.MultiplyAdd(V.Load(output + i), V.Load(upstream + i), first);
            var mean = V.Broadcast(RowLoop.Sum<V, T>(first + second + (lastOutput * lastUpstream & RowLoop.LastLanes<V, T>(count - i))));
            for (i = 0; i <= count - V.Count; i += V.Count) V.Store(V.Load(output + i) * (V.Load(upstream + i) - mean), to + i);
            V.Store(lastOutput * (lastUpstream - mean), to + count - V.Count);
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
            var sum = RowLoop.Total<SumStep<T>, V, T>(new(upstream), count);
            RowLoop.Walk<LogSoftmaxGradientStep<T>, V, T>(new(output, upstream, to, sum), count, default);
        }
    }

    readonly struct CrossEntropyRow<T>(T* x, T* labels, T* loss, nint count) : IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Invoke<V>(nint row)
            where V : unmanaged, ILanes<V, T>
        {
            T* from = x + row * count, target = labels + row * count;
            var greatest = RowLoop.Max<V, T>(from, count);
            var logarithm = T.Log(RowLoop.Exponentials<V, T>(from, null, count, greatest));
            loss[row] = RowLoop.Total<CrossEntropyStep<T>, V, T>(new(from, target, greatest, logarithm), count);
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
            var sum = RowLoop.Exponentials<V, T>(from, to, count, RowLoop.Max<V, T>(from, count));
            RowLoop.Walk<CrossEntropyGradientStep<T>, V, T>(new(target, to, T.One / sum, g[row]), count, default);
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
            loss[row] = T.Log(RowLoop.Exponentials<V, T>(from, null, count, greatest)) - (from[int.CreateTruncating(labels[row])] - greatest);
        }
    }

    readonly struct SparseCrossEntropyGradientRow<T, TLabel>(T* x, TLabel* labels, T* g, T* dx, nint count) : IRow<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        public void Invoke<V>(nint row)
            where V : unmanaged, ILanes<V, T>
        {
            T* from = x + row * count, to = dx + row * count;
            var total = RowLoop.Exponentials<V, T>(from, to, count, RowLoop.Max<V, T>(from, count));
            var label = int.CreateTruncating(labels[row]);
            var atLabel = (to[label] / total - T.One) * g[row];
            RowLoop.Scale<V, T>(to, count, g[row] / total);
            to[label] = atLabel;
        }
    }
}
