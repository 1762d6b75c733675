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

    /// <summary>Whether a row without a gradient stays as it is, so that a gradient of some rows touches no others.</summary>
    static virtual bool LeavesOtherRows => false;

    /// <summary>What is remembered of how large a gradient is. Gradients that fall on one row add up, and so do their sizes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual V Size<V>(V gradient) where V : struct, IVec<V> => gradient * gradient;

    /// <summary>The rule on one vector of each. Mark it for aggressive inlining.</summary>
    void Invoke<V>(V gradient, V size, ref V variable, ref V first, ref V second, ref V third) where V : struct, IVec<V>;
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

    /// <summary>Runs a rule on this thread, with the sizes of the gradients: numbers of the type that is computed in, float32 for narrow ones.</summary>
    public static void RunSized<TRule, T>(TRule rule, nint count, T* gradient, void* sizes, UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third)
        where TRule : struct, IUpdateRule
        where T : unmanaged
    {
        if (NarrowElements.IsNarrow<T>()) Widened<TRule, T, GivenSizes>(rule, count, gradient, (float*)sizes, variable, first, second, third);
        else Widest<TRule, T, GivenSizes>(rule, count, gradient, (T*)sizes, variable, first, second, third);
    }

    readonly struct Chunks<TRule, T>(TRule rule, T* gradient, UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third) : IChunkBody
        where TRule : struct, IUpdateRule
        where T : unmanaged
    {
        readonly TRule rule = rule;
        readonly UpdateSlot<T> variable = variable, first = first, second = second, third = third;

        public void Invoke(nint start, nint count)
        {
            if (NarrowElements.IsNarrow<T>()) Widened<TRule, T, OwnSizes>(rule, count, gradient + start, null, variable.From(start), first.From(start), second.From(start), third.From(start));
            else Widest<TRule, T, OwnSizes>(rule, count, gradient + start, null, variable.From(start), first.From(start), second.From(start), third.From(start));
        }
    }

    static void Widened<TRule, T, TSizes>(TRule rule, nint count, T* gradient, float* sizes, UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third)
        where TRule : struct, IUpdateRule
        where T : unmanaged
        where TSizes : struct, ISizes
    {
        const int Tile = NarrowElements.Block / 4;
        float* tiles = stackalloc float[5 * Tile];
        for (nint i = 0; i < count; i += Tile)
        {
            var part = (int)Math.Min(Tile, count - i);
            NarrowElements.Widen(gradient + i, tiles, part);
            var wide = Open(variable, i, tiles + Tile, part);
            var (a, b, c) = (Open(first, i, tiles + 2 * Tile, part), Open(second, i, tiles + 3 * Tile, part), Open(third, i, tiles + 4 * Tile, part));
            Widest<TRule, float, TSizes>(rule, part, tiles, sizes + i, wide, a, b, c);
            Close(wide, variable, i, part);
            Close(a, first, i, part);
            Close(b, second, i, part);
            Close(c, third, i, part);
        }
    }

    static UpdateSlot<float> Open<T>(UpdateSlot<T> slot, nint start, float* tile, int count)
        where T : unmanaged
    {
        if (slot.Source == null) return default;
        NarrowElements.Widen(slot.Source + start, tile, count);
        return new(tile, tile);
    }

    static void Close<T>(UpdateSlot<float> tile, UpdateSlot<T> slot, nint start, int count)
        where T : unmanaged
    {
        if (slot.Source != null) NarrowElements.Narrow(tile.Source, slot.Destination + start, count);
    }

    static void Widest<TRule, T, TSizes>(TRule rule, nint count, T* gradient, T* sizes, UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third)
        where TRule : struct, IUpdateRule
        where T : unmanaged
        where TSizes : struct, ISizes
    {
        if (Vector512.IsHardwareAccelerated) Run<TRule, Lanes512<T>, T, TSizes>(rule, count, gradient, sizes, variable, first, second, third);
        else if (Vector256.IsHardwareAccelerated) Run<TRule, Lanes256<T>, T, TSizes>(rule, count, gradient, sizes, variable, first, second, third);
        else Run<TRule, Lanes128<T>, T, TSizes>(rule, count, gradient, sizes, variable, first, second, third);
    }

    /// <summary>The loop itself, for one width of vectors. The remainder is one more vector, filled up with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run<TRule, V, T, TSizes>(TRule rule, nint count, T* gradient, T* sizes, UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third)
        where TRule : struct, IUpdateRule
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
        where TSizes : struct, ISizes
    {
        nint i = 0;
        V a = default, b = default, c = default;
        for (; i <= count - V.Count; i += V.Count)
        {
            var value = V.Load(variable.Source + i);
            if (TRule.StateCount > 0) a = V.Load(first.Source + i);
            if (TRule.StateCount > 1) b = V.Load(second.Source + i);
            if (TRule.StateCount > 2) c = V.Load(third.Source + i);
            var slope = V.Load(gradient + i);
            rule.Invoke(slope, TSizes.AreGiven ? V.Load(sizes + i) : TRule.Size(slope), ref value, ref a, ref b, ref c);
            V.Store(value, variable.Destination + i);
            if (TRule.StateCount > 0) V.Store(a, first.Destination + i);
            if (TRule.StateCount > 1) V.Store(b, second.Destination + i);
            if (TRule.StateCount > 2) V.Store(c, third.Destination + i);
        }

        if (i < count) Rest<TRule, V, T, TSizes>(rule, (uint)(count - i), gradient + i, sizes + i, variable.From(i), first.From(i), second.From(i), third.From(i));
    }

    static void Rest<TRule, V, T, TSizes>(TRule rule, uint count, T* gradient, T* sizes, UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third)
        where TRule : struct, IUpdateRule
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
        where TSizes : struct, ISizes
    {
        V a = default, b = default, c = default, value = default, slope = default, size = default;
        var bytes = count * (uint)sizeof(T);
        Unsafe.CopyBlockUnaligned(&slope, gradient, bytes);
        Unsafe.CopyBlockUnaligned(&value, variable.Source, bytes);
        if (TSizes.AreGiven) Unsafe.CopyBlockUnaligned(&size, sizes, bytes);
        else size = TRule.Size(slope);
        if (TRule.StateCount > 0) Unsafe.CopyBlockUnaligned(&a, first.Source, bytes);
        if (TRule.StateCount > 1) Unsafe.CopyBlockUnaligned(&b, second.Source, bytes);
        if (TRule.StateCount > 2) Unsafe.CopyBlockUnaligned(&c, third.Source, bytes);
        rule.Invoke(slope, size, ref value, ref a, ref b, ref c);
        Unsafe.CopyBlockUnaligned(variable.Destination, &value, bytes);
        if (TRule.StateCount > 0) Unsafe.CopyBlockUnaligned(first.Destination, &a, bytes);
        if (TRule.StateCount > 1) Unsafe.CopyBlockUnaligned(second.Destination, &b, bytes);
        if (TRule.StateCount > 2) Unsafe.CopyBlockUnaligned(third.Destination, &c, bytes);
    }

    interface ISizes
    {
        static abstract bool AreGiven { get; }
    }

    readonly struct OwnSizes : ISizes
    {
        public static bool AreGiven => false;
    }

    readonly struct GivenSizes : ISizes
    {
        public static bool AreGiven => true;
    }
}
