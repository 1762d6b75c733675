using System.Diagnostics;
using System.Numerics;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Gemm;
using Tapestry.Kernels.Simd;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Attention;

/// <summary>
/// softmax(scale · Q Kᵀ + bias, −∞ where hidden) V and its gradients by blocks of queries and keys, so that no matrix of all scores exists; of each query the logarithm of the
/// sum of the exponentials is kept. A query that sees nothing has equal weights, and +∞ in place of that logarithm. Source of the method: https://arxiv.org/abs/2205.14135.
/// </summary>
/// <remarks>Work is cut by shape alone: results do not depend on the number of threads.</remarks>
static unsafe class AttentionKernel
{
    /// <summary>Computes results and logarithms of sums.</summary>
    /// <param name="inputs">What is attended to.</param>
    /// <param name="output">Receives [batch, query, head, value width].</param>
    /// <param name="logSums">Receives ln Σ exp(score), [batch, query, head].</param>
    internal static void Forward<T>(in AttentionInputs<T> inputs, Span<T> output, Span<T> logSums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Debug.Assert(output.Length == logSums.Length * (long)inputs.Shape.ValueWidth, "There is one number for each query.");
        fixed (T* q = inputs.Query, k = inputs.Key, v = inputs.Value, bias = inputs.Bias, to = output, sums = logSums)
        fixed (byte* mask = inputs.Mask)
        {
            var work = new ForwardWork<T> { Inputs = inputs.Pin(q, k, v, mask, bias), Output = to, LogSums = sums };
            AtBestWidth<ForwardWork<T>, T>(work);
        }
    }

    /// <summary>Computes the gradients of queries, keys and values.</summary>
    /// <param name="inputs">What was attended to.</param>
    /// <param name="logSums">What <see cref="Forward"/> kept.</param>
    /// <param name="deltas">Σ result · its gradient, less the gradient of the logarithm of the sum: [batch, query, head].</param>
    /// <param name="upstream">The gradient of the results.</param>
    /// <param name="queryGradient">Receives that of the queries.</param>
    /// <param name="keyGradient">Receives that of the keys.</param>
    /// <param name="valueGradient">Receives that of the values.</param>
    internal static void Backward<T>(
        in AttentionInputs<T> inputs, ReadOnlySpan<T> logSums, ReadOnlySpan<T> deltas, ReadOnlySpan<T> upstream, Span<T> queryGradient, Span<T> keyGradient, Span<T> valueGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        fixed (T* q = inputs.Query, k = inputs.Key, v = inputs.Value, bias = inputs.Bias, sums = logSums, d = deltas, g = upstream, dq = queryGradient, dk = keyGradient, dv = valueGradient)
        fixed (byte* mask = inputs.Mask)
        {
            var work = new BackwardWork<T>
            {
                Inputs = inputs.Pin(q, k, v, mask, bias), LogSums = sums, Deltas = d, Upstream = g, QueryGradient = dq, KeyGradient = dk, ValueGradient = dv,
            };
            AtBestWidth<BackwardWork<T>, T>(work);
        }
    }

    /// <summary>Computes the gradient of the bias.</summary>
    /// <param name="inputs">What was attended to.</param>
    /// <param name="logSums">What <see cref="Forward"/> kept.</param>
    /// <param name="deltas">As for <see cref="Backward"/>.</param>
    /// <param name="upstream">The gradient of the results.</param>
    /// <param name="biasGradient">Receives the gradient, which has the shape of the bias.</param>
    internal static void BiasGradient<T>(in AttentionInputs<T> inputs, ReadOnlySpan<T> logSums, ReadOnlySpan<T> deltas, ReadOnlySpan<T> upstream, Span<T> biasGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        biasGradient.Clear();
        fixed (T* q = inputs.Query, k = inputs.Key, v = inputs.Value, bias = inputs.Bias, sums = logSums, d = deltas, g = upstream, to = biasGradient)
        fixed (byte* mask = inputs.Mask)
        {
            var work = new BiasWork<T> { Inputs = inputs.Pin(q, k, v, mask, bias), LogSums = sums, Deltas = d, Upstream = g, BiasGradient = to };
            AtBestWidth<BiasWork<T>, T>(work);
        }
    }

    static void AtBestWidth<TWork, T>(in TWork work)
        where TWork : struct, IWork<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (GemmLevels.Best)
        {
            case GemmLevel.Vector512: work.Run<Vector512<T>, Unit512<T>, Lanes512<T>>(); break;
            case GemmLevel.Vector256: work.Run<Vector256<T>, Unit256<T>, Lanes256<T>>(); break;
            case GemmLevel.Vector128: work.Run<Vector128<T>, Unit128<T>, Lanes128<T>>(); break;
            default: work.Run<T, UnitScalar<T>, Lanes128<T>>(); break;
        }
    }

    static void Share<TBody>(int items, double work, ref TBody body)
        where TBody : struct, IParallelBody
    {
        if (work >= 5e5) WorkerPool.Run(items, ref body);
        else for (var i = 0; i < items; i++) body.Invoke(i);
    }

    /// <summary>A pass, for any width of vectors.</summary>
    interface IWork<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        void Run<TVector, TUnit, V>()
            where TVector : unmanaged
            where TUnit : struct, IVectorUnit<T, TVector>
            where V : unmanaged, ILanes<V, T>;
    }

    struct ForwardWork<T> : IWork<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal AttentionPointers<T> Inputs;
        internal T* Output, LogSums;

        public readonly void Run<TVector, TUnit, V>()
            where TVector : unmanaged
            where TUnit : struct, IVectorUnit<T, TVector>
            where V : unmanaged, ILanes<V, T>
        {
            var blocks = new ForwardBlocks<T, TVector, TUnit, V> { Inputs = Inputs, Output = Output, LogSums = LogSums };
            Share(Inputs.Shape.Batch * Inputs.Shape.Heads * ForwardBlocks<T, TVector, TUnit, V>.Ranges(Inputs.Shape.Queries), Inputs.Shape.Work, ref blocks);
        }
    }

    struct BackwardWork<T> : IWork<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal AttentionPointers<T> Inputs;
        internal T* LogSums, Deltas, Upstream, QueryGradient, KeyGradient, ValueGradient;

        public readonly void Run<TVector, TUnit, V>()
            where TVector : unmanaged
            where TUnit : struct, IVectorUnit<T, TVector>
            where V : unmanaged, ILanes<V, T>
        {
            var shape = Inputs.Shape;
            int parts = BackwardBlocks<T, TVector, TUnit, V>.Parts(shape);
            var blocks = new BackwardBlocks<T, TVector, TUnit, V>
            {
                Inputs = Inputs, LogSums = LogSums, Deltas = Deltas, Upstream = Upstream, QueryGradient = QueryGradient, KeyGradient = KeyGradient, ValueGradient = ValueGradient,
                Partial = parts == 1 ? null : ScratchMemory.Get<T>(ScratchMemory.Purpose.PartialSums, parts * BackwardBlocks<T, TVector, TUnit, V>.PartSize(shape)),
            };
            Share(shape.Batch * shape.KeyHeads * parts, 2.5 * shape.Work, ref blocks);
            if (parts == 1)
                return;
            var join = new QueryGradientJoin<T, TVector, TUnit, V> { Inputs = Inputs, Parts = parts, Partial = blocks.Partial, QueryGradient = QueryGradient };
            Share(shape.Batch * shape.Heads, 8.0 * parts * shape.Batch * shape.Heads * shape.Queries * shape.Width, ref join);
        }
    }

    struct BiasWork<T> : IWork<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal AttentionPointers<T> Inputs;
        internal T* LogSums, Deltas, Upstream, BiasGradient;

        public readonly void Run<TVector, TUnit, V>()
            where TVector : unmanaged
            where TUnit : struct, IVectorUnit<T, TVector>
            where V : unmanaged, ILanes<V, T>
        {
            var blocks = new BiasGradientBlocks<T, TVector, TUnit, V> { Inputs = Inputs, LogSums = LogSums, Deltas = Deltas, Upstream = Upstream, BiasGradient = BiasGradient };
            Share(blocks.Items, Inputs.Shape.Work, ref blocks);
        }
    }
}
