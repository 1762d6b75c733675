using System.Diagnostics;
using System.Numerics;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Sorting;

/// <summary>
/// Sorting along the last axis of a [rows, length] matrix. Every order is stable (equal values keep their order, in both directions), NaN comes last in both
/// directions, and −0 equals +0. Rows run in parallel.
/// </summary>
static unsafe class Sorting
{
    /// <summary>Shorter rows are sorted by comparing; longer ones by digits.</summary>
    const int RadixLength = 1024;

    const double ForkLength = 4096;

    /// <summary>Sorts every row; <paramref name="output"/> may be <paramref name="input"/>.</summary>
    internal static void Sort<T>(int rows, int length, ReadOnlySpan<T> input, Span<T> output, bool descending = false)
        where T : unmanaged, INumber<T> => SortRows(rows, length, input, output, [], descending, length);

    /// <summary>The places of the sorted elements in their row: <c>input[row, indices[row, 0]]</c> is the first.</summary>
    internal static void ArgSort<T>(int rows, int length, ReadOnlySpan<T> input, Span<int> indices, bool descending = false)
        where T : unmanaged, INumber<T> => SortRows(rows, length, input, [], indices, descending, length);

    /// <summary>Both at once; <paramref name="values"/> may be <paramref name="input"/>.</summary>
    internal static void SortWithIndices<T>(int rows, int length, ReadOnlySpan<T> input, Span<T> values, Span<int> indices, bool descending = false)
        where T : unmanaged, INumber<T> => SortRows(rows, length, input, values, indices, descending, length);

    /// <summary>
    /// The <paramref name="count"/> largest elements of every row, largest first, the lower index first among equals, NaN after all numbers. Values and indices are
    /// [rows, count]; either may be empty if not needed.
    /// </summary>
    internal static void TopK<T>(int rows, int length, int count, ReadOnlySpan<T> input, Span<T> values, Span<int> indices)
        where T : unmanaged, INumber<T> => SortRows(rows, length, input, values, indices, descending: true, count);

    /// <summary>
    /// The different elements of a vector in the order of their first occurrence, for every element the place of its value among them, and how often each occurs.
    /// NaNs are one value. <paramref name="values"/> and <paramref name="counts"/> have room for all elements; counts may be empty. Returns how many there are.
    /// </summary>
    internal static int Unique<T>(ReadOnlySpan<T> input, Span<T> values, Span<int> inverse, Span<int> counts)
        where T : unmanaged, INumber<T>
    {
        Debug.Assert(values.Length >= input.Length && inverse.Length >= input.Length, "There is room for all elements being different.");
        int length = input.Length;
        int* order = ScratchMemory.Get<int>(ScratchMemory.Purpose.Order, length);
        ArgSort(1, length, input, new Span<int>(order, length));

        // First every element learns where its value occurs first; the order is stable, so that is the first of its group.
        int first = 0;
        for (int i = 0; i < length; i++)
        {
            if (i == 0 || SortKey<T>.Wide(input[order[i]], false) != SortKey<T>.Wide(input[order[i - 1]], false))
                first = order[i];
            inverse[order[i]] = first;
        }

        int found = 0;
        for (int i = 0; i < length; i++)
        {
            if (inverse[i] == i)
            {
                values[found] = input[i];
                if (!counts.IsEmpty)
                    counts[found] = 0;
                inverse[i] = found++;
            }
            else
            {
                inverse[i] = inverse[inverse[i]];
            }

            if (!counts.IsEmpty)
                counts[inverse[i]]++;
        }

        return found;
    }

    /// <summary>
    /// For every value of a row the place in the sorted row of <paramref name="length"/> elements where it would be inserted: before its equals, or, from the right, behind them.
    /// </summary>
    internal static void SearchSorted<T>(int rows, int length, ReadOnlySpan<T> sorted, int count, ReadOnlySpan<T> values, Span<int> places, bool right = false)
        where T : unmanaged, INumber<T>
    {
        Debug.Assert(sorted.Length == (long)rows * length && values.Length == (long)rows * count && places.Length == values.Length, "The shapes agree.");
        fixed (T* s = sorted, v = values)
        {
            fixed (int* p = places)
            {
                const int chunk = 1024;
                var body = new SearchBody<T> { Length = length, Count = count, Chunk = chunk, Chunks = (count + chunk - 1) / chunk, Sorted = s, Values = v, Places = p, Right = right };
                WorkerPool.Run(rows * body.Chunks, ref body, forks: values.Length >= ForkLength);
            }
        }
    }

    static void SortRows<T>(int rows, int length, ReadOnlySpan<T> input, Span<T> values, Span<int> indices, bool descending, int kept)
        where T : unmanaged, INumber<T>
    {
        Debug.Assert(input.Length == (long)rows * length, "The input has the stated shape.");
        Debug.Assert(kept >= 0 && kept <= length, "No more elements are kept than there are.");
        Debug.Assert(values.IsEmpty || values.Length == (long)rows * kept, "The values have the stated shape.");
        Debug.Assert(indices.IsEmpty || indices.Length == (long)rows * kept, "The indices have the stated shape.");
        if (rows == 0 || kept == 0)
            return;
        fixed (T* i = input, v = values)
        {
            fixed (int* p = indices)
            {
                var body = new RowBody<T> { Length = length, Kept = kept, Input = i, Values = v, Indices = p, Descending = descending };
                WorkerPool.Run(rows, ref body, forks: input.Length >= ForkLength);
            }
        }
    }

    /// <summary>One row per index.</summary>
    struct RowBody<T> : IParallelBody
        where T : unmanaged, INumber<T>
    {
        internal int Length, Kept;
        internal T* Input;
        internal T* Values;
        internal int* Indices;
        internal bool Descending;

        public readonly void Invoke(int index)
        {
            T* input = Input + (nint)index * Length;
            T* values = Values == null ? null : Values + (nint)index * Kept;
            int* indices = Indices == null ? null : Indices + (nint)index * Kept;
            if (Descending && Kept <= Length / 8)
                TopRow<T>.Run(input, Length, Kept, values, indices);
            else if (indices == null && typeof(T) == typeof(float) && Kept == Length)
                SortFloats((float*)input, (float*)values);
            else if (SortKey<T>.IsNarrow)
                SortNarrow(input, values, indices);
            else
                SortWide(input, values, indices);
        }

        /// <summary>Values alone: the keys are sorted and turned back.</summary>
        readonly void SortFloats(float* input, float* values)
        {
            uint* keys = ScratchMemory.Get<uint>(ScratchMemory.Purpose.Keys, Length);
            for (int i = 0; i < Length; i++)
            {
                // −0 stays apart from +0 here: with values alone, equals can be told apart by nothing but this sign.
                float value = input[i];
                int bits = BitConverter.SingleToInt32Bits(value);
                uint key = (uint)(bits ^ ((bits >> 31) | int.MinValue));
                keys[i] = float.IsNaN(value) ? uint.MaxValue : Descending ? ~key : key;
            }

            if (Length < RadixLength)
                new Span<uint>(keys, Length).Sort();
            else
                keys = RadixSort.Sort(keys, ScratchMemory.Get<uint>(ScratchMemory.Purpose.OtherKeys, Length), Length);

            for (int i = 0; i < Length; i++)
            {
                uint key = Descending ? ~keys[i] : keys[i];
                int bits = (int)((key & 0x80000000) != 0 ? key ^ 0x80000000 : ~key);
                values[i] = keys[i] == uint.MaxValue ? float.NaN : BitConverter.Int32BitsToSingle(bits);
            }
        }

        readonly void SortNarrow(T* input, T* values, int* indices)
        {
            // Values may be written over the input: the copy of the row lives in the keys' other block afterwards, so values are gathered first.
            ulong* items = ScratchMemory.Get<ulong>(ScratchMemory.Purpose.Keys, Length), other = ScratchMemory.Get<ulong>(ScratchMemory.Purpose.OtherKeys, Length);
            for (int i = 0; i < Length; i++)
                items[i] = ((ulong)SortKey<T>.Narrow(input[i], Descending) << 32) | (uint)i;

            ulong* sorted = items;
            if (Length < RadixLength)
                new Span<ulong>(items, Length).Sort();
            else
                sorted = RadixSort.SortUpper(items, other, Length);

            if (values != null)
            {
                T* gathered = (T*)(sorted == items ? other : items);
                for (int i = 0; i < Kept; i++)
                    gathered[i] = input[(int)sorted[i]];
                new Span<T>(gathered, Kept).CopyTo(new Span<T>(values, Kept));
            }

            if (indices != null)
            {
                for (int i = 0; i < Kept; i++)
                    indices[i] = (int)sorted[i];
            }
        }

        readonly void SortWide(T* input, T* values, int* indices)
        {
            KeyedIndex* items = ScratchMemory.Get<KeyedIndex>(ScratchMemory.Purpose.Keys, Length), other = ScratchMemory.Get<KeyedIndex>(ScratchMemory.Purpose.OtherKeys, Length);
            for (int i = 0; i < Length; i++)
                items[i] = new KeyedIndex(SortKey<T>.Wide(input[i], Descending), i);

            KeyedIndex* sorted = items;
            if (Length < RadixLength)
                new Span<KeyedIndex>(items, Length).Sort();
            else
                sorted = RadixSort.Sort(items, other, Length);

            if (values != null)
            {
                T* gathered = (T*)(sorted == items ? other : items);
                for (int i = 0; i < Kept; i++)
                    gathered[i] = input[sorted[i].Index];
                new Span<T>(gathered, Kept).CopyTo(new Span<T>(values, Kept));
            }

            if (indices != null)
            {
                for (int i = 0; i < Kept; i++)
                    indices[i] = sorted[i].Index;
            }
        }
    }

    /// <summary>A stretch of the values of one row per index.</summary>
    struct SearchBody<T> : IParallelBody
        where T : unmanaged, INumber<T>
    {
        internal int Length, Count, Chunk, Chunks;
        internal T* Sorted;
        internal T* Values;
        internal int* Places;
        internal bool Right;

        public readonly void Invoke(int index)
        {
            nint row = index / Chunks;
            int first = index % Chunks * Chunk, end = Math.Min(Count, first + Chunk);
            T* sorted = Sorted + row * Length;
            for (int i = first; i < end; i++)
            {
                ulong key = SortKey<T>.Wide(Values[row * Count + i], false);
                int low = 0, high = Length;
                while (low < high)
                {
                    int middle = (int)((uint)(low + high) >> 1);
                    ulong other = SortKey<T>.Wide(sorted[middle], false);
                    if (other < key || (Right && other == key))
                        low = middle + 1;
                    else
                        high = middle;
                }

                Places[row * Count + i] = low;
            }
        }
    }
}
