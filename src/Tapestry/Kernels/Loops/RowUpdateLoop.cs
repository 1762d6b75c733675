using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;
using Tapestry.Kernels.Sorting;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// Runs a rule with a gradient that is a list of rows. Rows of one place are added up in their order, so that the result has the bits of the whole gradient's and does not depend on
/// the number of threads; their sizes are added up, too. A rule that leaves other rows alone reads and writes nothing else.
/// </summary>
static unsafe class RowUpdateLoop
{
    const int ShortList = 64;
    const int ZeroTile = 1024;

    /// <param name="rule">The rule.</param>
    /// <param name="indices">The place of each row of the gradient; all of them exist.</param>
    /// <param name="gradient">The rows.</param>
    /// <param name="rows">The rows of the variable.</param>
    /// <param name="width">The elements of a row.</param>
    /// <param name="slots">The variable, then what is remembered with it. Where a rule leaves other rows alone source and destination are the same.</param>
    public static void Run<TRule, T, TIndex>(TRule rule, ReadOnlySpan<TIndex> indices, T* gradient, nint rows, nint width, in UpdateSlots<T> slots)
        where TRule : struct, IUpdateRule
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        if (rows * width == 0) return;
        var sorted = Sort(indices);
        var starts = ScratchMemory.Get<int>(ScratchMemory.Purpose.Order, indices.Length + 1);
        var places = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            if (i == 0 || sorted[i] >> 32 != sorted[i - 1] >> 32) starts[places++] = i;
        }

        starts[places] = indices.Length;
        var body = new Body<TRule, T>(rule, new Places(sorted, starts, places), gradient, rows, width, slots);
        if (TRule.LeavesOtherRows) LoopChunks.RunItems(places, width, ref body);
        else LoopChunks.RunItems((rows + body.RowsPerItem - 1) / body.RowsPerItem, body.RowsPerItem * width, ref body);
    }

    // Place and number of every row, by place, then by number.
    static ulong* Sort<TIndex>(ReadOnlySpan<TIndex> indices)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var keys = ScratchMemory.Get<ulong>(ScratchMemory.Purpose.Keys, indices.Length);
        for (var i = 0; i < indices.Length; i++) keys[i] = ((ulong)uint.CreateTruncating(indices[i]) << 32) | (uint)i;
        if (indices.Length > ShortList) return RadixSort.SortUpper(keys, ScratchMemory.Get<ulong>(ScratchMemory.Purpose.OtherKeys, indices.Length), indices.Length);
        new Span<ulong>(keys, indices.Length).Sort();
        return keys;
    }

    readonly struct Places(ulong* sorted, int* starts, int count)
    {
        public int Count => count;

        public nint RowOf(int place) => (nint)(sorted[starts[place]] >> 32);

        public (int First, int End) Of(int place) => (starts[place], starts[place + 1]);

        public nint Number(int item) => (nint)(uint)sorted[item];

        /// <summary>The first place at or behind a row.</summary>
        public int From(nint row)
        {
            var (low, high) = (0, count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (RowOf(middle) < row) low = middle + 1;
                else high = middle;
            }

            return low;
        }
    }

    readonly struct Body<TRule, T>(TRule rule, Places places, T* gradient, nint rows, nint width, UpdateSlots<T> slots) : IItemBody
        where TRule : struct, IUpdateRule
        where T : unmanaged
    {
        readonly TRule rule = rule;
        readonly Places places = places;
        readonly UpdateSlots<T> slots = slots;

        public nint RowsPerItem => Math.Max(1, LoopChunks.Size / width);

        public void Invoke(nint item)
        {
            // The sums of a row, its sizes (which may be wider), and zeros for rows without a gradient.
            var sums = (byte*)ScratchMemory.Get<double>(ScratchMemory.Purpose.RowSums, 2 * (width + 8) + ZeroTile);
            var sum = (T*)sums;
            var sizes = sums + (width + 8) * sizeof(double);
            if (TRule.LeavesOtherRows)
            {
                Update((int)item, sum, sizes);
                return;
            }

            var zeros = sums + 2 * (width + 8) * sizeof(double);
            new Span<byte>(zeros, ZeroTile * sizeof(double)).Clear();
            var (row, last) = (item * RowsPerItem, Math.Min(rows, (item + 1) * RowsPerItem));
            for (var place = places.From(row); row < last; place++)
            {
                var next = place < places.Count ? Math.Min(last, places.RowOf(place)) : last;
                for (var i = row * width; i < next * width; i += ZeroTile)
                    UpdateLoop.RunSized(rule, Math.Min(ZeroTile, next * width - i), (T*)zeros, zeros, slots.Variable.From(i), slots.First.From(i), slots.Second.From(i), slots.Third.From(i));
                if (next < last) Update(place, sum, sizes);
                row = next + 1;
            }
        }

        void Update(int place, T* sum, void* sizes)
        {
            var (first, end) = places.Of(place);
            var slope = gradient + places.Number(first) * width;
            if (TRule.StateCount > 0)
            {
                for (var i = first; i < end; i++) AddSizes(gradient + places.Number(i) * width, sizes, i == first);
            }

            if (end - first > 1)
            {
                new Span<T>(sum, (int)width).Clear();
                for (var i = first; i < end; i++) ScatterLoop.AddRow(gradient + places.Number(i) * width, sum, width);
                slope = sum;
            }

            var at = places.RowOf(place) * width;
            UpdateLoop.RunSized(rule, width, slope, sizes, slots.Variable.From(at), slots.First.From(at), slots.Second.From(at), slots.Third.From(at));
        }

        void AddSizes(T* row, void* sizes, bool isFirst)
        {
            if (!NarrowElements.IsNarrow<T>())
            {
                Widest<TRule, T>(row, (T*)sizes, width, isFirst);
                return;
            }

            const int Tile = NarrowElements.Block / 4;
            var tile = stackalloc float[Tile];
            for (nint i = 0; i < width; i += Tile)
            {
                var part = (int)Math.Min(Tile, width - i);
                NarrowElements.Widen(row + i, tile, part);
                Widest<TRule, float>(tile, (float*)sizes + i, part, isFirst);
            }
        }
    }

    static void Widest<TRule, T>(T* row, T* sizes, nint count, bool isFirst)
        where TRule : struct, IUpdateRule
        where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated) AddSizes<TRule, Lanes512<T>, T>(row, sizes, count, isFirst);
        else if (Vector256.IsHardwareAccelerated) AddSizes<TRule, Lanes256<T>, T>(row, sizes, count, isFirst);
        else AddSizes<TRule, Lanes128<T>, T>(row, sizes, count, isFirst);
    }

    static void AddSizes<TRule, V, T>(T* row, T* sizes, nint count, bool isFirst)
        where TRule : struct, IUpdateRule
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count)
        {
            var size = TRule.Size(V.Load(row + i));
            V.Store(isFirst ? size : V.Load(sizes + i) + size, sizes + i);
        }

        if (i == count) return;
        var bytes = (uint)(count - i) * (uint)sizeof(T);
        V rest = default, before = default;
        Unsafe.CopyBlockUnaligned(&rest, row + i, bytes);
        if (!isFirst) Unsafe.CopyBlockUnaligned(&before, sizes + i, bytes);
        rest = isFirst ? TRule.Size(rest) : before + TRule.Size(rest);
        Unsafe.CopyBlockUnaligned(sizes + i, &rest, bytes);
    }
}

/// <summary>A variable and what is remembered with it.</summary>
readonly struct UpdateSlots<T>(UpdateSlot<T> variable, UpdateSlot<T> first, UpdateSlot<T> second, UpdateSlot<T> third)
    where T : unmanaged
{
    public readonly UpdateSlot<T> Variable = variable;
    public readonly UpdateSlot<T> First = first;
    public readonly UpdateSlot<T> Second = second;
    public readonly UpdateSlot<T> Third = third;
}
