using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// One step of an optimizer, element by element: a new value of a variable and of what is remembered with it, from the present ones and a gradient.
/// The factors of the step are fields of the implementing struct.
/// </summary>
interface IUpdateRule
{
    /// <summary>How many numbers are remembered per element: at most three.</summary>
    static abstract int StateCount { get; }

    /// <summary>The rule on one vector of each. Mark it for aggressive inlining.</summary>
    void Invoke<V>(V gradient, ref V variable, ref V first, ref V second, ref V third) where V : struct, IVec<V>;
}

/// <summary>Where a variable, or one of the numbers remembered with it, is read from and written to; the two may be equal.</summary>
readonly unsafe struct UpdateSlot<T>(T* source, T* destination)
    where T : unmanaged
{
    public readonly T* Source = source;
    public readonly T* Destination = destination;

    public UpdateSlot<T> From(nint start) => Source == null ? default : new(Source + start, Destination + start);
}

/// <summary>Runs a rule over all elements of a variable in one pass over memory.</summary>
static unsafe class UpdateLoop
{
    public static void Run<TRule, T>(TRule rule, nint count, T* gradient, UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third)
        where TRule : struct, IUpdateRule
        where T : unmanaged
    {
        Debug.Assert(TRule.StateCount is >= 0 and <= 3, "A rule remembers at most three numbers per element.");
        var chunks = new Chunks<TRule, T>(rule, gradient, variable, first, second, third);
        LoopChunks.Run(count, ref chunks);
    }

    readonly struct Chunks<TRule, T>(TRule rule, T* gradient, UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third) : IChunkBody
        where TRule : struct, IUpdateRule
        where T : unmanaged
    {
        readonly TRule rule = rule;
        readonly UpdateSlot<T> variable = variable, first = first, second = second, third = third;

        public void Invoke(nint start, nint count)
        {
            if (NarrowElements.IsNarrow<T>()) Widened(start, count);
            else Widest(rule, count, gradient + start, variable.From(start), first.From(start), second.From(start), third.From(start));
        }

        void Widened(nint start, nint count)
        {
            const int Tile = NarrowElements.Block / 4;
            float* tiles = stackalloc float[5 * Tile];
            for (nint i = start; i < start + count; i += Tile)
            {
                var part = (int)Math.Min(Tile, start + count - i);
                NarrowElements.Widen(gradient + i, tiles, part);
                var wide = Open(variable, i, tiles + Tile, part);
                var (a, b, c) = (Open(first, i, tiles + 2 * Tile, part), Open(second, i, tiles + 3 * Tile, part), Open(third, i, tiles + 4 * Tile, part));
                Widest(rule, part, tiles, wide, a, b, c);
                Close(wide, variable, i, part);
                Close(a, first, i, part);
                Close(b, second, i, part);
                Close(c, third, i, part);
            }
        }

        static UpdateSlot<float> Open(UpdateSlot<T> slot, nint start, float* tile, int count)
        {
            if (slot.Source == null) return default;
            NarrowElements.Widen(slot.Source + start, tile, count);
            return new(tile, tile);
        }

        static void Close(UpdateSlot<float> tile, UpdateSlot<T> slot, nint start, int count)
        {
            if (slot.Source != null) NarrowElements.Narrow(tile.Source, slot.Destination + start, count);
        }
    }

    static void Widest<TRule, T>(TRule rule, nint count, T* gradient, UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third)
        where TRule : struct, IUpdateRule
        where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated) Run<TRule, Lanes512<T>, T>(rule, count, gradient, variable, first, second, third);
        else if (Vector256.IsHardwareAccelerated) Run<TRule, Lanes256<T>, T>(rule, count, gradient, variable, first, second, third);
        else Run<TRule, Lanes128<T>, T>(rule, count, gradient, variable, first, second, third);
    }

    /// <summary>The loop itself, for one width of vectors. The remainder is one more vector, filled up with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TRule, V, T>(TRule rule, nint count, T* gradient, UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third)
        where TRule : struct, IUpdateRule
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        nint i = 0;
        V a = default, b = default, c = default;
        for (; i <= count - V.Count; i += V.Count)
        {
            var value = V.Load(variable.Source + i);
            if (TRule.StateCount > 0) a = V.Load(first.Source + i);
            if (TRule.StateCount > 1) b = V.Load(second.Source + i);
            if (TRule.StateCount > 2) c = V.Load(third.Source + i);
            rule.Invoke(V.Load(gradient + i), ref value, ref a, ref b, ref c);
            V.Store(value, variable.Destination + i);
            if (TRule.StateCount > 0) V.Store(a, first.Destination + i);
            if (TRule.StateCount > 1) V.Store(b, second.Destination + i);
            if (TRule.StateCount > 2) V.Store(c, third.Destination + i);
        }

        if (i < count) Rest<TRule, V, T>(rule, (uint)(count - i), gradient + i, variable.From(i), first.From(i), second.From(i), third.From(i));
    }

    static void Rest<TRule, V, T>(TRule rule, uint count, T* gradient, UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third)
        where TRule : struct, IUpdateRule
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        V a = default, b = default, c = default, value = default, slope = default;
        var bytes = count * (uint)sizeof(T);
        Unsafe.CopyBlockUnaligned(&slope, gradient, bytes);
        Unsafe.CopyBlockUnaligned(&value, variable.Source, bytes);
        if (TRule.StateCount > 0) Unsafe.CopyBlockUnaligned(&a, first.Source, bytes);
        if (TRule.StateCount > 1) Unsafe.CopyBlockUnaligned(&b, second.Source, bytes);
        if (TRule.StateCount > 2) Unsafe.CopyBlockUnaligned(&c, third.Source, bytes);
        rule.Invoke(slope, ref value, ref a, ref b, ref c);
        Unsafe.CopyBlockUnaligned(variable.Destination, &value, bytes);
        if (TRule.StateCount > 0) Unsafe.CopyBlockUnaligned(first.Destination, &a, bytes);
        if (TRule.StateCount > 1) Unsafe.CopyBlockUnaligned(second.Destination, &b, bytes);
        if (TRule.StateCount > 2) Unsafe.CopyBlockUnaligned(third.Destination, &c, bytes);
    }
}
