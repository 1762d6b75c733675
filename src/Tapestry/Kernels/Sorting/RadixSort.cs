using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Sorting;

/// <summary>Least-significant-digit radix sorts; digits that are alike everywhere cost only the counting.</summary>
static unsafe class RadixSort
{
    const int Bits = 11;
    const int Buckets = 1 << Bits;

    /// <summary>Sorts by the upper 32 bits, stable; the result is in one of the two blocks, which is returned.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static ulong* SortUpper(ulong* items, ulong* other, int count)
    {
        int* counts = stackalloc int[3 * Buckets];
        new Span<int>(counts, 3 * Buckets).Clear();
        int* low = counts, middle = counts + Buckets, high = counts + 2 * Buckets;
        for (int i = 0; i < count; i++)
        {
            uint key = (uint)(items[i] >> 32);
            low[key & (Buckets - 1)]++;
            middle[(key >> Bits) & (Buckets - 1)]++;
            high[key >> (2 * Bits)]++;
        }

        for (int digit = 0; digit < 3; digit++)
        {
            int shift = 32 + digit * Bits;
            int* starts = counts + digit * Buckets;
            if (starts[(int)(items[0] >> shift) & (Buckets - 1)] == count)
                continue;
            Accumulate(starts, Buckets);
            for (int i = 0; i < count; i++)
            {
                ulong item = items[i];
                other[starts[(int)(item >> shift) & (Buckets - 1)]++] = item;
            }

            ulong* swap = items;
            items = other;
            other = swap;
        }

        return items;
    }

    /// <summary>Sorts bare 32-bit keys; the result is in one of the two blocks, which is returned.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static uint* Sort(uint* items, uint* other, int count)
    {
        int* counts = stackalloc int[3 * Buckets];
        new Span<int>(counts, 3 * Buckets).Clear();
        int* low = counts, middle = counts + Buckets, high = counts + 2 * Buckets;
        for (int i = 0; i < count; i++)
        {
            uint key = items[i];
            low[key & (Buckets - 1)]++;
            middle[(key >> Bits) & (Buckets - 1)]++;
            high[key >> (2 * Bits)]++;
        }

        for (int digit = 0; digit < 3; digit++)
        {
            int shift = digit * Bits;
            int* starts = counts + digit * Buckets;
            if (starts[(items[0] >> shift) & (Buckets - 1)] == count)
                continue;
            Accumulate(starts, Buckets);
            for (int i = 0; i < count; i++)
            {
                uint item = items[i];
                other[starts[(item >> shift) & (Buckets - 1)]++] = item;
            }

            uint* swap = items;
            items = other;
            other = swap;
        }

        return items;
    }

    /// <summary>Sorts by 64-bit keys, stable; the result is in one of the two blocks, which is returned.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static KeyedIndex* Sort(KeyedIndex* items, KeyedIndex* other, int count)
    {
        const int digits = 6;
        int* counts = stackalloc int[digits * Buckets];
        new Span<int>(counts, digits * Buckets).Clear();
        for (int i = 0; i < count; i++)
        {
            ulong key = items[i].Key;
            for (int digit = 0; digit < digits; digit++)
                counts[digit * Buckets + ((int)(key >> (digit * Bits)) & (Buckets - 1))]++;
        }

        for (int digit = 0; digit < digits; digit++)
        {
            int shift = digit * Bits;
            int* starts = counts + digit * Buckets;
            if (starts[(int)(items[0].Key >> shift) & (Buckets - 1)] == count)
                continue;
            Accumulate(starts, Buckets);
            for (int i = 0; i < count; i++)
                other[starts[(int)(items[i].Key >> shift) & (Buckets - 1)]++] = items[i];
            KeyedIndex* swap = items;
            items = other;
            other = swap;
        }

        return items;
    }

    static void Accumulate(int* counts, int buckets)
    {
        int sum = 0;
        for (int i = 0; i < buckets; i++)
        {
            int count = counts[i];
            counts[i] = sum;
            sum += count;
        }
    }
}
