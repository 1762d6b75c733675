using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// Reductions over any set of axes. The order of combination is a tree that depends on the extents alone: 256 bytes of lanes side by side whatever
/// the processor's vectors, blocks of 16 KiB, and pairs of blocks; four whole blocks share these lanes. So the error grows with the logarithm of the
/// length, and neither the number of threads nor the width of the vectors changes a bit. Half and bfloat16 are accumulated in float32, complex64 in
/// complex128.
/// </summary>
[SkipLocalsInit]
static unsafe class ReduceLoop
{
    /// <summary>Bytes of the lanes that elements of a row are combined in.</summary>
    internal const int LaneBytes = 256;

    /// <summary>Bytes of a row that share their lanes.</summary>
    internal const int BlockBytes = 16 * 1024;

    const int SegmentBlocks = 16;
    const int MaximumSegments = 512;
    const int ColumnBytes = 1024;
    const int FewTiles = 16;
    const int Levels = 32;

    /// <summary>x seen as [outer, reduce, inner]; the destination is [outer, inner].</summary>
    public static void Run<TReducer, T>(TReducer reducer, ReadOnlySpan<T> x, nint outer, nint reduce, nint inner, Span<T> destination)
        where TReducer : struct, IReducer
        where T : unmanaged
    {
        Debug.Assert(x.Length == outer * reduce * inner && destination.Length == outer * inner, "A reduction's extents match its spans.");
        Run(reducer, x, ReductionPlan.Create(outer, reduce, inner), destination);
    }

    /// <summary>Reduces the axes whose bits are set; the destination has the remaining ones in order.</summary>
    public static void Run<TReducer, T>(TReducer reducer, ReadOnlySpan<T> x, ReadOnlySpan<int> shape, uint reducedAxes, Span<T> destination)
        where TReducer : struct, IReducer
        where T : unmanaged
        => Run(reducer, x, ReductionPlan.Create(shape, reducedAxes), destination);

    static void Run<TReducer, T>(TReducer reducer, ReadOnlySpan<T> x, in ReductionPlan plan, Span<T> destination)
        where TReducer : struct, IReducer
        where T : unmanaged
    {
        Debug.Assert(plan.ResultCount == destination.Length, "A reduction's destination has the kept dimensions.");
        fixed (T* source = x)
        fixed (T* result = destination)
        {
            if (typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16)) Widest<TReducer, T, float>(reducer, plan, source, result);
            else if (typeof(T) == typeof(Complex64)) Widest<TReducer, T, Complex>(reducer, plan, source, result);
            else Widest<TReducer, T, T>(reducer, plan, source, result);
        }
    }

    static void Widest<TReducer, T, TWide>(TReducer reducer, in ReductionPlan plan, T* x, T* destination)
        where TReducer : struct, IReducer
        where T : unmanaged
        where TWide : unmanaged
    {
        if (typeof(TWide) == typeof(Complex)) Run<TReducer, ComplexLane, T, Complex>(reducer, plan, x, destination);
        else if (Vector512.IsHardwareAccelerated) Run<TReducer, Lanes512<TWide>, T, TWide>(reducer, plan, x, destination);
        else if (Vector256.IsHardwareAccelerated) Run<TReducer, Lanes256<TWide>, T, TWide>(reducer, plan, x, destination);
        else Run<TReducer, Lanes128<TWide>, T, TWide>(reducer, plan, x, destination);
    }

    internal static void Run<TReducer, V, T, TWide>(TReducer reducer, in ReductionPlan plan, T* x, T* destination)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where T : unmanaged
        where TWide : unmanaged
    {
        if (plan.ResultCount == 0) return;
        var total = plan.KeptRows * plan.ReducedRows * plan.Inner;
        if (plan.InnerIsReduced)
        {
            nint segment = SegmentBlocks * (BlockBytes / sizeof(TWide));
            if (plan.KeptRows == 1 && plan.ReducedRows == 1 && total >= 2 * segment)
            {
                // One long row: its segments are independent.
                while ((total + segment - 1) / segment > MaximumSegments) segment *= 2;
                var segments = (int)((total + segment - 1) / segment);
                TWide* partials = stackalloc TWide[segments];
                var work = new Segments<TReducer, V, T, TWide>(reducer, x, total, segment, partials);
                LoopChunks.RunItems(segments, LoopChunks.Size, ref work);
                WriteResult<TReducer, V, T, TWide>(reducer, Tree<TReducer, V, TWide>(reducer, partials, segments), destination);
                return;
            }
            var rows = new Rows<TReducer, V, T, TWide>(reducer, plan, x, destination);
            LoopChunks.RunItems(plan.KeptRows, plan.ReducedRows * plan.Inner, ref rows);
        }
        else
        {
            ReduceColumns<TReducer, V, T, TWide>(reducer, plan, x, destination);
        }
    }

    internal static void WriteResult<TReducer, V, T, TWide>(TReducer reducer, TWide value, T* destination)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where T : unmanaged
        where TWide : unmanaged
    {
        var finished = reducer.Finish(V.Broadcast(value));
        NarrowElements.Narrow((TWide*)&finished, destination, 1);
    }

    static TWide Join<TReducer, V, TWide>(TReducer reducer, TWide left, TWide right)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        var joined = reducer.Combine(V.Broadcast(left), V.Broadcast(right));
        return *(TWide*)&joined;
    }

    static TWide Tree<TReducer, V, TWide>(TReducer reducer, TWide* values, int count)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        if (count == 1) return *values;
        var left = (int)BitOperations.RoundUpToPowerOf2((uint)count) / 2;
        return Join<TReducer, V, TWide>(reducer, Tree<TReducer, V, TWide>(reducer, values, left), Tree<TReducer, V, TWide>(reducer, values + left, count - left));
    }

    /// <summary>A row of consecutive elements: blocks, or four of them at once, joined by halves.</summary>
    internal static TWide Row<TReducer, V, T, TWide>(TReducer reducer, T* x, nint count)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where T : unmanaged
        where TWide : unmanaged
    {
        nint block = BlockBytes / sizeof(TWide);
        if (count <= block)
        {
            if (typeof(T) == typeof(TWide)) return Block<TReducer, V, TWide>(reducer, (TWide*)x, (int)count);
            TWide* wide = stackalloc TWide[(int)block];
            NarrowElements.Widen(x, wide, (int)count);
            return Block<TReducer, V, TWide>(reducer, wide, (int)count);
        }
        if (count == FourBlocks.Count * block && typeof(T) == typeof(TWide)) return FourBlocks.Reduce<TReducer, V, TWide>(reducer, (TWide*)x);
        var blocks = (count + block - 1) / block;
        var left = (nint)BitOperations.RoundUpToPowerOf2((ulong)blocks) / 2 * block;
        return Join<TReducer, V, TWide>(reducer, Row<TReducer, V, T, TWide>(reducer, x, left), Row<TReducer, V, T, TWide>(reducer, x + left, count - left));
    }

    /// <summary>
    /// A block in the first cache level: 256 bytes of lanes, in as many passes of four or eight vectors as the width needs, then folded. Behind the last whole group,
    /// units of 64 bytes go to the first lanes, and what is less than a unit to the last ones, as the upper lanes of the unit that ends with the block.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static TWide Block<TReducer, V, TWide>(TReducer reducer, TWide* x, int count)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        var group = LaneBytes / sizeof(TWide);
        if (count < group) return SmallBlock<TReducer, V, TWide>(reducer, x, count);
        TWide* lanes = stackalloc TWide[LaneBytes / sizeof(TWide)];
        var whole = count / group * group;
        // Eight vectors at a time where a group has so many, so that memory is read in one pass.
        if (group >= 8 * V.Count) for (var pass = 0; pass < group; pass += 8 * V.Count) WideLanes<TReducer, V, TWide>(reducer, x + pass, whole - pass, lanes + pass);
        else for (var pass = 0; pass < group; pass += 4 * V.Count) Lanes<TReducer, V, TWide>(reducer, x + pass, whole - pass, lanes + pass);
        int unit = RestMask.UnitBytes / sizeof(TWide), i = whole;
        for (; i <= count - unit; i += unit)
            for (var j = 0; j < unit; j += V.Count) V.Store(reducer.Combine(V.Load(lanes + j), reducer.Map(V.Load(x + i + j))), lanes + j);
        if (i < count)
        {
            x += count - unit;
            lanes += group - unit;
            var mask = (TWide*)RestMask.For((count - i) * sizeof(TWide));
            for (var j = 0; j < unit; j += V.Count) V.Store(reducer.Combine(V.Load(lanes + j), V.Select(V.Load(mask + j), reducer.Map(V.Load(x + j)), reducer.Identity<V>())), lanes + j);
            lanes -= group - unit;
        }

        return FoldLanes<TReducer, V, TWide>(reducer, lanes, group);
    }

    // Nothing but the loop: calls behind it would keep the sums out of registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Lanes<TReducer, V, TWide>(TReducer reducer, TWide* x, int count, TWide* lanes)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        V a = reducer.Identity<V>(), b = a, c = a, d = a;
        for (var last = x + count; x < last; x += LaneBytes / sizeof(TWide))
        {
            a = reducer.Combine(a, reducer.Map(V.Load(x)));
            b = reducer.Combine(b, reducer.Map(V.Load(x + V.Count)));
            c = reducer.Combine(c, reducer.Map(V.Load(x + 2 * V.Count)));
            d = reducer.Combine(d, reducer.Map(V.Load(x + 3 * V.Count)));
        }

        V.Store(a, lanes);
        V.Store(b, lanes + V.Count);
        V.Store(c, lanes + 2 * V.Count);
        V.Store(d, lanes + 3 * V.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void WideLanes<TReducer, V, TWide>(TReducer reducer, TWide* x, int count, TWide* lanes)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        V a = reducer.Identity<V>(), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        for (var last = x + count; x < last; x += LaneBytes / sizeof(TWide))
        {
            a = reducer.Combine(a, reducer.Map(V.Load(x)));
            b = reducer.Combine(b, reducer.Map(V.Load(x + V.Count)));
            c = reducer.Combine(c, reducer.Map(V.Load(x + 2 * V.Count)));
            d = reducer.Combine(d, reducer.Map(V.Load(x + 3 * V.Count)));
            e = reducer.Combine(e, reducer.Map(V.Load(x + 4 * V.Count)));
            f = reducer.Combine(f, reducer.Map(V.Load(x + 5 * V.Count)));
            g = reducer.Combine(g, reducer.Map(V.Load(x + 6 * V.Count)));
            h = reducer.Combine(h, reducer.Map(V.Load(x + 7 * V.Count)));
        }

        V.Store(a, lanes);
        V.Store(b, lanes + V.Count);
        V.Store(c, lanes + 2 * V.Count);
        V.Store(d, lanes + 3 * V.Count);
        V.Store(e, lanes + 4 * V.Count);
        V.Store(f, lanes + 5 * V.Count);
        V.Store(g, lanes + 6 * V.Count);
        V.Store(h, lanes + 7 * V.Count);
    }

    // Fewer elements than lanes: as many lanes as the next power of two.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static TWide SmallBlock<TReducer, V, TWide>(TReducer reducer, TWide* x, int count)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        TWide* lanes = stackalloc TWide[LaneBytes / sizeof(TWide)];
        var width = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, 1));
        var identity = reducer.Identity<V>();
        for (var j = 0; j < width; j += V.Count) V.Store(j < count ? WithRest(reducer, identity, x + j, count - j) : identity, lanes + j);
        return FoldLanes<TReducer, V, TWide>(reducer, lanes, width);
    }

    // Lanes without an element stay as they are.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static V WithRest<TReducer, V, TWide>(TReducer reducer, V total, TWide* x, int rest)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        if (rest >= V.Count) return reducer.Combine(total, reducer.Map(V.Load(x)));
        V part = default, result = total;
        Unsafe.CopyBlockUnaligned(&part, x, (uint)(rest * sizeof(TWide)));
        part = reducer.Combine(total, reducer.Map(part));
        Unsafe.CopyBlockUnaligned(&result, &part, (uint)(rest * sizeof(TWide)));
        return result;
    }

    /// <summary>Lanes combined to one: the upper half onto the lower one, again and again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static TWide FoldLanes<TReducer, V, TWide>(TReducer reducer, TWide* lanes, int width)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        for (; width > V.Count; width /= 2)
            for (var j = 0; j < width / 2; j += V.Count)
                V.Store(reducer.Combine(V.Load(lanes + j), V.Load(lanes + j + width / 2)), lanes + j);
        return Fold<TReducer, V, TWide>(reducer, V.Load(lanes), width);
    }

    /// <summary>The lanes of a vector, the first so many of them, combined by halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TWide Fold<TReducer, V, TWide>(TReducer reducer, V value, int width)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where TWide : unmanaged
    {
        var bytes = width * sizeof(TWide);
        if (sizeof(V) >= 64 && bytes >= 64) value = reducer.Combine(value, V.Upper(value, 32));
        if (sizeof(V) >= 32 && bytes >= 32) value = reducer.Combine(value, V.Upper(value, 16));
        if (sizeof(TWide) <= 8 && bytes >= 16) value = reducer.Combine(value, V.Upper(value, 8));
        if (sizeof(TWide) <= 4 && bytes >= 8) value = reducer.Combine(value, V.Upper(value, 4));
        if (sizeof(TWide) <= 2 && bytes >= 4) value = reducer.Combine(value, V.Upper(value, 2));
        if (sizeof(TWide) == 1 && bytes >= 2) value = reducer.Combine(value, V.Upper(value, 1));
        return *(TWide*)&value;
    }

    readonly struct Segments<TReducer, V, T, TWide>(TReducer reducer, T* x, nint count, nint segment, TWide* partials) : IItemBody
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where T : unmanaged
        where TWide : unmanaged
    {
        public void Invoke(nint item)
        {
            var start = item * segment;
            partials[item] = Row<TReducer, V, T, TWide>(reducer, x + start, Math.Min(segment, count - start));
        }
    }

    readonly struct Rows<TReducer, V, T, TWide>(TReducer reducer, ReductionPlan plan, T* x, T* destination) : IItemBody
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where T : unmanaged
        where TWide : unmanaged
    {
        readonly ReductionPlan plan = plan;

        public void Invoke(nint item)
        {
            var start = x + plan.KeptOffset(item);
            if (plan.ReducedRows == 1)
            {
                WriteResult<TReducer, V, T, TWide>(reducer, Row<TReducer, V, T, TWide>(reducer, start, plan.Inner), destination + item);
                return;
            }
            // Rows one after the other, joined like the digits of a binary counter.
            TWide* levels = stackalloc TWide[Levels + 32];
            for (nint row = 0; row < plan.ReducedRows; row++)
            {
                var value = Row<TReducer, V, T, TWide>(reducer, start + plan.ReducedOffset(row), plan.Inner);
                var level = 0;
                for (; (row >> level & 1) == 1; level++) value = Join<TReducer, V, TWide>(reducer, levels[level], value);
                levels[level] = value;
            }
            var rest = plan.ReducedRows;
            var lowest = BitOperations.TrailingZeroCount(rest);
            if (rest == 0)
            {
                var identity = reducer.Identity<V>();
                WriteResult<TReducer, V, T, TWide>(reducer, *(TWide*)&identity, destination + item);
                return;
            }
            var result = levels[lowest];
            for (var level = lowest + 1; rest >> level != 0; level++)
                if ((rest >> level & 1) == 1) result = Join<TReducer, V, TWide>(reducer, levels[level], result);
            WriteResult<TReducer, V, T, TWide>(reducer, result, destination + item);
        }
    }

    // Tiles of columns, and parts of rows where the tiles are too few for all threads.
    static void ReduceColumns<TReducer, V, T, TWide>(TReducer reducer, in ReductionPlan plan, T* x, T* destination)
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where T : unmanaged
        where TWide : unmanaged
    {
        nint width = Math.Min(ColumnBytes / sizeof(TWide), plan.Inner);
        var tiles = plan.KeptRows * ((plan.Inner + width - 1) / width);
        var partRows = tiles >= FewTiles ? Math.Max(plan.ReducedRows, 1) : ColumnTree.RowsPerPart(Math.Max(plan.ReducedRows, 1), width);
        var parts = (int)((Math.Max(plan.ReducedRows, 1) + partRows - 1) / partRows);
        var results = ScratchMemory.Get<TWide>(ScratchMemory.Purpose.ColumnParts, tiles * parts * ColumnTree.Width<TWide>((int)width));
        var columns = new Columns<TReducer, V, T, TWide>(reducer, plan, x, destination, (int)width, partRows, parts, results);
        LoopChunks.RunItems(tiles * parts, partRows * width, ref columns);
        if (parts == 1) return;
        for (nint tile = 0; tile < tiles; tile++) columns.Join(tile);
    }

    readonly struct Columns<TReducer, V, T, TWide>(TReducer reducer, ReductionPlan plan, T* x, T* destination, int width, nint partRows, int parts, TWide* results) : IItemBody
        where TReducer : struct, IReducer
        where V : unmanaged, ILanes<V, TWide>
        where T : unmanaged
        where TWide : unmanaged
    {
        readonly ReductionPlan plan = plan;

        public void Invoke(nint item)
        {
            nint tile = item / parts, part = item % parts;
            var (kept, column, columns) = Place(tile);
            var start = x + plan.KeptOffset(kept) + column;
            var memory = ScratchMemory.Get<TWide>(ScratchMemory.Purpose.Columns, ColumnTree.Memory<TWide>(columns, partRows) + width);
            var tree = new ColumnTree<TReducer, V, TWide>(reducer, memory + width, columns);
            tree.Begin();
            var last = Math.Min((part + 1) * partRows, plan.ReducedRows);
            var stride = plan.ReducedRows > 1 ? plan.ReducedOffset(1) : 0;
            if (typeof(T) == typeof(TWide) && last > 0 && plan.ReducedOffset(plan.ReducedRows - 1) == (plan.ReducedRows - 1) * stride)
            {
                tree.Add((TWide*)start + part * partRows * stride, stride, last - part * partRows);
                last = 0;
            }

            for (var row = part * partRows; row < last; row++)
            {
                var source = start + plan.ReducedOffset(row);
                if (typeof(T) == typeof(TWide))
                {
                    tree.Add((TWide*)source);
                    continue;
                }

                NarrowElements.Widen(source, memory, columns);
                tree.Add(memory);
            }

            var result = Result(tile, part, columns);
            tree.End(result);
            if (parts == 1) Write(tree, kept, column, columns, result);
        }

        /// <summary>Combines the parts of one tile.</summary>
        internal void Join(nint tile)
        {
            var (kept, column, columns) = Place(tile);
            var tree = new ColumnTree<TReducer, V, TWide>(reducer, null, columns);
            var results = Result(tile, 0, columns);
            tree.Join(results, parts);
            Write(tree, kept, column, columns, results);
        }

        void Write(in ColumnTree<TReducer, V, TWide> tree, nint kept, nint column, int columns, TWide* result)
        {
            tree.Finish(result);
            NarrowElements.Narrow(result, destination + kept * plan.Inner + column, columns);
        }

        // Parts of a tile lie behind each other as its own columns say, which the last one has fewer of.
        TWide* Result(nint tile, nint part, int columns) => results + tile * parts * ColumnTree.Width<TWide>(width) + part * ColumnTree.Width<TWide>(columns);

        (nint Kept, nint Column, int Columns) Place(nint tile)
        {
            var tiles = (plan.Inner + width - 1) / width;
            nint kept = tile / tiles, column = tile % tiles * width;
            return (kept, column, (int)Math.Min(width, plan.Inner - column));
        }
    }
}
