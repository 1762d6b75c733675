using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// destination = body(a, b) with NumPy's broadcasting. The destination may be the same span as an operand that has its shape.
/// </summary>
[SkipLocalsInit]
static unsafe class BinaryLoop
{
    // Rows at least this long go through the loop one by one; shorter ones are gathered into tiles first.
    const int LongRow = 48;
    const int Tile = 512;

    public static void Run<TBody, T>(TBody body, ReadOnlySpan<T> a, ReadOnlySpan<int> aShape, ReadOnlySpan<T> b, ReadOnlySpan<int> bShape, Span<T> destination)
        where TBody : struct, IBinaryBody
        where T : unmanaged
    {
        if (destination.Length < LoopChunks.ParallelThreshold && IsOneRow<T>(a.Length, b.Length, destination.Length))
        {
            fixed (T* left = a)
            fixed (T* right = b)
            fixed (T* result = destination)
            {
                // For a few elements a plan would take longer than they do.
                Row<TBody, T, ValueOutput>(body, left, right, (byte*)result, destination.Length, a.Length == destination.Length, b.Length == destination.Length);
            }

            return;
        }

        var plan = BroadcastPlan.Create(aShape, bShape);
        Debug.Assert(plan.Count == destination.Length, "A binary loop's destination has the broadcast shape.");
        fixed (T* left = a)
        fixed (T* right = b)
        fixed (T* result = destination)
        {
            if (plan.Rank == 1 && left != result && right != result && StreamOutput.Suits(result, destination.Length)) Run<TBody, T, StreamOutput>(body, plan, left, right, (byte*)result);
            else Run<TBody, T, ValueOutput>(body, plan, left, right, (byte*)result);
        }
    }

    // An operand with as many elements as the result has them in the same order, whatever its shape.
    static bool IsOneRow<T>(int a, int b, int result) =>
        typeof(T) != typeof(Half) && typeof(T) != typeof(BFloat16) && typeof(T) != typeof(Complex64) && (a == result ? b == result || b == 1 : a == 1 && b == result);

    /// <summary>Operands of the same length.</summary>
    public static void Run<TBody, T>(TBody body, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> destination)
        where TBody : struct, IBinaryBody
        where T : unmanaged
    {
        Debug.Assert(a.Length == b.Length, "Without shapes both operands have the same length.");
        ReadOnlySpan<int> shape = [a.Length];
        Run(body, a, shape, b, shape, destination);
    }

    internal static void Run<TBody, T, TOutput>(TBody body, in BroadcastPlan plan, T* a, T* b, byte* destination)
        where TBody : struct, IBinaryBody
        where T : unmanaged
        where TOutput : struct, ILoopOutput
    {
        var chunks = new Chunks<TBody, T, TOutput>(body, plan, a, b, destination);
        LoopChunks.Run(plan.Count, ref chunks);
    }

    readonly struct Chunks<TBody, T, TOutput>(TBody body, BroadcastPlan plan, T* a, T* b, byte* destination) : IChunkBody
        where TBody : struct, IBinaryBody
        where T : unmanaged
        where TOutput : struct, ILoopOutput
    {
        readonly BroadcastPlan plan = plan;

        public void Invoke(nint start, nint count)
        {
            var result = destination + start * TOutput.ElementSize<T>();
            if (typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16)) Tiled<float>(start, count, result);
            else if (typeof(T) == typeof(Complex64)) Tiled<Complex>(start, count, result);
            else if (plan.Rank == 1) Row(a + (plan.Advances(0) ? start : 0), b + (plan.Advances(1) ? start : 0), result, count);
            else if (plan.Inner >= LongRow) Rows(start, count, result);
            else Tiled<T>(start, count, result);
        }

        void Rows(nint start, nint count, byte* result)
        {
            var walk = new BroadcastWalk(plan, start);
            while (count > 0)
            {
                var run = Math.Min(walk.Rest(plan), count);
                Row(a + walk.OffsetA, b + walk.OffsetB, result, run);
                walk.Advance(plan, run);
                result += run * TOutput.ElementSize<T>();
                count -= run;
            }
        }

        void Row(T* left, T* right, byte* result, nint count) => BinaryLoop.Row<TBody, T, TOutput>(body, left, right, result, count, plan.Advances(0), plan.Advances(1));

        void Tiled<TWide>(nint start, nint count, byte* result) where TWide : unmanaged
        {
            TWide* left = stackalloc TWide[Tile], right = stackalloc TWide[Tile];
            bool wholeA = typeof(T) == typeof(TWide) && plan.IsWhole(0), wholeB = typeof(T) == typeof(TWide) && plan.IsWhole(1);
            for (nint i = 0; i < count; i += Tile)
            {
                var part = (int)Math.Min(Tile, count - i);
                TWide* from = wholeA ? (TWide*)(a + start + i) : left, other = wholeB ? (TWide*)(b + start + i) : right;
                if (!wholeA) BroadcastTile.Fill(plan, 0, a, start + i, part, left);
                if (!wholeB) BroadcastTile.Fill(plan, 1, b, start + i, part, right);
                if (typeof(T) == typeof(TWide) || typeof(TOutput) == typeof(MaskOutput))
                {
                    Widest<TBody, TWide, TOutput, Arrays>(body, from, other, result + i * TOutput.ElementSize<T>(), part);
                }
                else
                {
                    Widest<TBody, TWide, TOutput, Arrays>(body, from, other, (byte*)left, part);
                    NarrowElements.Narrow(left, (T*)result + i, part);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Row<TBody, T, TOutput>(TBody body, T* a, T* b, byte* destination, nint count, bool advancesA, bool advancesB)
        where TBody : struct, IBinaryBody
        where T : unmanaged
        where TOutput : struct, ILoopOutput
    {
        if (advancesA && advancesB) Widest<TBody, T, TOutput, Arrays>(body, a, b, destination, count);
        else if (advancesA) Widest<TBody, T, TOutput, ArrayScalar>(body, a, b, destination, count);
        else Widest<TBody, T, TOutput, ScalarArray>(body, a, b, destination, count);
    }

    /// <summary>Which operands advance along a row.</summary>
    internal interface IRow
    {
        static abstract void Run<TBody, V, T, TOutput>(TBody body, T* a, T* b, byte* destination, nint count)
            where TBody : struct, IBinaryBody
            where V : unmanaged, ILanes<V, T>
            where T : unmanaged
            where TOutput : struct, ILoopOutput;
    }

    internal readonly struct Arrays : IRow
    {
        public static void Run<TBody, V, T, TOutput>(TBody body, T* a, T* b, byte* destination, nint count)
            where TBody : struct, IBinaryBody
            where V : unmanaged, ILanes<V, T>
            where T : unmanaged
            where TOutput : struct, ILoopOutput
            => Run<TBody, V, T, TOutput, ArrayOperand<V, T>, ArrayOperand<V, T>>(body, new(a), new(b), destination, count);
    }

    internal readonly struct ArrayScalar : IRow
    {
        public static void Run<TBody, V, T, TOutput>(TBody body, T* a, T* b, byte* destination, nint count)
            where TBody : struct, IBinaryBody
            where V : unmanaged, ILanes<V, T>
            where T : unmanaged
            where TOutput : struct, ILoopOutput
            => Run<TBody, V, T, TOutput, ArrayOperand<V, T>, ScalarOperand<V, T>>(body, new(a), new(b), destination, count);
    }

    internal readonly struct ScalarArray : IRow
    {
        public static void Run<TBody, V, T, TOutput>(TBody body, T* a, T* b, byte* destination, nint count)
            where TBody : struct, IBinaryBody
            where V : unmanaged, ILanes<V, T>
            where T : unmanaged
            where TOutput : struct, ILoopOutput
            => Run<TBody, V, T, TOutput, ScalarOperand<V, T>, ArrayOperand<V, T>>(body, new(a), new(b), destination, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Widest<TBody, T, TOutput, TRow>(TBody body, T* a, T* b, byte* destination, nint count)
        where TBody : struct, IBinaryBody
        where T : unmanaged
        where TOutput : struct, ILoopOutput
        where TRow : struct, IRow
    {
        if (typeof(T) == typeof(Complex)) TRow.Run<TBody, ComplexLane, Complex, TOutput>(body, (Complex*)a, (Complex*)b, destination, count);
        else if (Vector512.IsHardwareAccelerated) TRow.Run<TBody, Lanes512<T>, T, TOutput>(body, a, b, destination, count);
        else if (Vector256.IsHardwareAccelerated) TRow.Run<TBody, Lanes256<T>, T, TOutput>(body, a, b, destination, count);
        else TRow.Run<TBody, Lanes128<T>, T, TOutput>(body, a, b, destination, count);
    }

    /// <summary>The loop itself, for one width of vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TBody, V, T, TOutput, TLeft, TRight>(TBody body, TLeft a, TRight b, byte* destination, nint count)
        where TBody : struct, IBinaryBody
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
        where TOutput : struct, ILoopOutput
        where TLeft : struct, ILoopOperand<TLeft, V, T>
        where TRight : struct, ILoopOperand<TRight, V, T>
    {
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count) TOutput.Store<V, T>(body.Invoke(a.Load(i), b.Load(i)), destination, i);
        if (typeof(TOutput) == typeof(StreamOutput)) Interlocked.MemoryBarrier();
        if (i < count)
        {
            // The method calls itself: a second copy of the body here would exhaust the compiler's budget for inlining.
            V left = default, right = default, result;
            var rest = (int)(count - i);
            if (typeof(TOutput) == typeof(StreamOutput)) Run<TBody, V, T, ValueOutput, TLeft, TRight>(body, a.Part(i, rest, &left), b.Part(i, rest, &right), (byte*)&result, V.Count);
            else Run<TBody, V, T, TOutput, TLeft, TRight>(body, a.Part(i, rest, &left), b.Part(i, rest, &right), (byte*)&result, V.Count);
            var size = TOutput.ElementSize<T>();
            Unsafe.CopyBlockUnaligned(destination + i * size, &result, (uint)(rest * size));
        }
    }
}
