using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Loops;

/// <summary>
/// Copies a box of elements between two layouts given by strides in elements: slices, padding, concatenation, broadcasting (stride 0), reversal
/// (negative strides) and permutation of axes. Elements are moved as bits, so only their size (1, 2, 4, 8 or 16 bytes) matters.
/// </summary>
static unsafe class StridedCopy
{
    public const int MaximumRank = 32;
    // A result of 8 MB is gone from the second cache before anyone reads it.
    const nint UncachedElements = 2 << 20;
    const int TransposeBlock = 16;

    /// <summary>Offsets are those of the element at the box's origin. Source and destination must not overlap.</summary>
    public static void Run<T>(ReadOnlySpan<T> source, nint sourceOffset, ReadOnlySpan<nint> sourceStrides,
        Span<T> destination, nint destinationOffset, ReadOnlySpan<nint> destinationStrides, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        Debug.Assert(shape.Length == sourceStrides.Length && shape.Length == destinationStrides.Length && shape.Length <= MaximumRank, "One stride per dimension.");
        var box = new Box();
        nint count = 1;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            count *= shape[d];
            box.Add(shape[d], sourceStrides[d], destinationStrides[d]);
        }
        if (count == 0) return;
        fixed (T* from = source)
        fixed (T* to = destination)
        {
            switch (sizeof(T))
            {
                case 1: Start(box, (byte*)from + sourceOffset, (byte*)to + destinationOffset, count); break;
                case 2: Start(box, (ushort*)from + sourceOffset, (ushort*)to + destinationOffset, count); break;
                case 4: Start(box, (uint*)from + sourceOffset, (uint*)to + destinationOffset, count); break;
                case 8: Start(box, (ulong*)from + sourceOffset, (ulong*)to + destinationOffset, count); break;
                default: Start(box, (Int128*)from + sourceOffset, (Int128*)to + destinationOffset, count); break;
            }
        }
    }

    static void Start<T>(Box box, T* from, T* to, nint count) where T : unmanaged
    {
        box.ChoosePlane();
        var planes = new Planes<T>(box, from, to);
        nint perPlane = box.Extent(0) * (box.PlaneRank == 2 ? box.Extent(1) : 1);
        var outer = count / perPlane;
        if (outer == 1 && box.PlaneRank == 2 && count >= LoopChunks.ParallelThreshold)
        {
            if (TurnsPastCaches(box, (byte*)to, sizeof(T)))
            {
                // A band of the source is read line by line, and written in whole cache lines that nobody waits for.
                var turned = new TurnedBands(box, (float*)from, (float*)to);
                LoopChunks.RunItems(box.Extent(0) / BlockTranspose.LineSize, BlockTranspose.LineSize * box.Extent(1), ref turned);
                return;
            }

            // One big plane: its bands of rows are independent.
            var bands = new Bands<T>(box, from, to);
            LoopChunks.RunItems((box.Extent(1) + TransposeBlock - 1) / TransposeBlock, TransposeBlock * box.Extent(0), ref bands);
            return;
        }
        LoopChunks.RunItems(outer, perPlane, ref planes);
    }

    static void Line<T>(T* from, nint fromStride, T* to, nint toStride, nint count) where T : unmanaged
    {
        if (fromStride == 1 && toStride == 1) Buffer.MemoryCopy(from, to, count * sizeof(T), count * sizeof(T));
        else if (fromStride == 0 && toStride == 1 && count <= int.MaxValue) new Span<T>(to, (int)count).Fill(*from);
        else for (nint i = 0; i < count; i++) to[i * toStride] = from[i * fromStride];
    }

    // rows × columns, walked in blocks so that both sides stay within few cache lines.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Plane<T>(in Box box, T* from, T* to, nint firstRow, nint lastRow) where T : unmanaged
    {
        nint columns = box.Extent(0), fromColumn = box.From(0), toColumn = box.To(0), fromRow = box.From(1), toRow = box.To(1);
        if (fromColumn == 1 && toColumn == 1)
        {
            for (var r = firstRow; r < lastRow; r++) Line(from + r * fromRow, 1, to + r * toRow, 1, columns);
            return;
        }
        if (sizeof(T) == sizeof(float) && BlockTranspose.HasLines && fromRow == 1 && toColumn == 1 && (lastRow - firstRow) % BlockTranspose.LineSize == 0 && columns % BlockTranspose.LineSize == 0)
        {
            TurnLines((float*)from, fromColumn, (float*)to, toRow, firstRow, lastRow, columns);
            return;
        }

        for (nint c = 0; c < columns; c += TransposeBlock)
        {
            var end = Math.Min(c + TransposeBlock, columns);
            for (var r = firstRow; r < lastRow; r += TransposeBlock)
            {
                var endRow = Math.Min(r + TransposeBlock, lastRow);
                if (sizeof(T) == sizeof(float) && BlockTranspose.IsSupported && fromRow == 1 && toColumn == 1 && end - c == TransposeBlock && endRow - r == TransposeBlock)
                {
                    // Whole lines of the destination at once.
                    for (var i = r; i < endRow; i += BlockTranspose.Size)
                    {
                        for (var j = c; j < end; j += BlockTranspose.Size) BlockTranspose.Run((float*)from + i + j * fromColumn, fromColumn, (float*)to + i * toRow + j, toRow);
                    }

                    continue;
                }

                for (var i = r; i < endRow; i++)
                {
                    T* source = from + i * fromRow, target = to + i * toRow;
                    for (var j = c; j < end; j++) target[j * toColumn] = source[j * fromColumn];
                }
            }
        }
    }

    // Both sides in whole cache lines, two neighbouring ones of the source after each other. What is too large for the caches goes past them.
    static void TurnLines(float* from, nint fromColumn, float* to, nint toRow, nint firstRow, nint lastRow, nint columns)
    {
        var passesCaches = toRow * columns >= UncachedElements && ((nint)to | (toRow * sizeof(float))) % 64 == 0;
        for (nint c = 0; c < columns; c += BlockTranspose.LineSize)
        {
            for (var r = firstRow; r < lastRow; r += BlockTranspose.LineSize) BlockTranspose.RunLines(from + r + (c * fromColumn), fromColumn, to + (r * toRow) + c, toRow, passesCaches);
        }

        if (passesCaches) Sse.StoreFence();
    }

    // Whether a plane of four-byte elements is larger than the caches, and both sides consist of whole blocks. With longer vectors the bands do it.
    static bool TurnsPastCaches(in Box box, byte* to, int size)
    {
        nint columns = box.Extent(0), rows = box.Extent(1);
        return size == sizeof(float) && BlockTranspose.IsSupported && !BlockTranspose.HasLines && box.From(1) == 1 && box.To(0) == 1 && rows * columns >= UncachedElements
            && columns % BlockTranspose.LineSize == 0 && rows % BlockTranspose.Size == 0 && ((nint)to | (box.To(1) * sizeof(float))) % 64 == 0;
    }

    readonly struct TurnedBands(Box box, float* from, float* to) : IItemBody
    {
        readonly Box box = box;

        public void Invoke(nint item)
        {
            nint column = item * BlockTranspose.LineSize, rows = box.Extent(1);
            for (nint r = 0; r < rows; r += BlockTranspose.Size) BlockTranspose.RunHalfLines(from + r + (column * box.From(0)), box.From(0), to + (r * box.To(1)) + column, box.To(1));
            Sse.StoreFence();
        }
    }

    readonly struct Planes<T>(Box box, T* from, T* to) : IItemBody where T : unmanaged
    {
        readonly Box box = box;

        public void Invoke(nint item)
        {
            T* source = from, target = to;
            for (var d = box.PlaneRank; d < box.Rank; d++)
            {
                var coordinate = item % box.Extent(d);
                item /= box.Extent(d);
                source += coordinate * box.From(d);
                target += coordinate * box.To(d);
            }
            if (box.PlaneRank == 2) Plane(box, source, target, 0, box.Extent(1));
            else Line(source, box.From(0), target, box.To(0), box.Extent(0));
        }
    }

    readonly struct Bands<T>(Box box, T* from, T* to) : IItemBody where T : unmanaged
    {
        readonly Box box = box;

        public void Invoke(nint item)
            => Plane(box, from, to, item * TransposeBlock, Math.Min((item + 1) * TransposeBlock, box.Extent(1)));
    }

    /// <summary>Dimensions with both strides, neighbours joined where both layouts allow it; 0 is walked fastest.</summary>
    struct Box
    {
        Dimensions dimensions;

        public int Rank { get; private set; }

        /// <summary>Dimensions of the inner kernel: a line or a plane.</summary>
        public int PlaneRank { get; private set; }

        public readonly nint Extent(int d) => dimensions[3 * d];

        public readonly nint From(int d) => dimensions[3 * d + 1];

        public readonly nint To(int d) => dimensions[3 * d + 2];

        public void Add(nint extent, nint from, nint to)
        {
            if (extent == 1) return;
            if (Rank > 0 && from == From(Rank - 1) * Extent(Rank - 1) && to == To(Rank - 1) * Extent(Rank - 1))
            {
                dimensions[3 * (Rank - 1)] *= extent;
                return;
            }
            Set(Rank++, extent, from, to);
        }

        /// <summary>Puts the destination's densest dimension first and the source's densest second.</summary>
        public void ChoosePlane()
        {
            if (Rank == 0) Set(Rank++, 1, 1, 1);
            MoveTo(0, Densest(0, byDestination: true));
            PlaneRank = 1;
            if (Rank == 1) return;
            MoveTo(1, Densest(1, byDestination: false));
            PlaneRank = 2;
        }

        readonly int Densest(int first, bool byDestination)
        {
            var best = first;
            for (var d = first + 1; d < Rank; d++)
                if (nint.Abs(byDestination ? To(d) : From(d)) < nint.Abs(byDestination ? To(best) : From(best))) best = d;
            return best;
        }

        void MoveTo(int place, int d)
        {
            var (extent, from, to) = (Extent(d), From(d), To(d));
            for (; d > place; d--) Set(d, Extent(d - 1), From(d - 1), To(d - 1));
            Set(place, extent, from, to);
        }

        void Set(int d, nint extent, nint from, nint to)
        {
            dimensions[3 * d] = extent;
            dimensions[3 * d + 1] = from;
            dimensions[3 * d + 2] = to;
        }

        [InlineArray(3 * MaximumRank)]
        struct Dimensions
        {
            nint first;
        }
    }
}
