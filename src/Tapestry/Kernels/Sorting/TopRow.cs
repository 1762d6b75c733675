using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Threading;

namespace Tapestry.Kernels.Sorting;

/// <summary>
/// The few largest elements of a row: candidates above a rising threshold are collected, and whenever the collection is full it is cut back to the best. Almost
/// every element of a long row is only compared with the threshold, a vector at a time where there is a vector type.
/// </summary>
static unsafe class TopRow<T>
    where T : unmanaged, INumber<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(T* input, int length, int count, T* values, int* indices)
    {
        int capacity = Math.Max(2 * count, count + 64);
        KeyedIndex* best = ScratchMemory.Get<KeyedIndex>(ScratchMemory.Purpose.Keys, capacity);
        int held = 0, at = 0;

        // Smaller keys are better; only strictly better ones are taken, since an equal one comes later and loses the tie.
        ulong threshold = ulong.MaxValue;
        bool full = false;
        while (at < length)
        {
            if (full && threshold != ulong.MaxValue)
            {
                at = Next(input, at, length, input[best[count - 1].Index]);
                if (at >= length)
                    break;
            }

            ulong key = SortKey<T>.Wide(input[at], descending: true);
            if (!full || key < threshold)
            {
                best[held++] = new KeyedIndex(key, at);
                if (held == capacity || (!full && held == count))
                {
                    new Span<KeyedIndex>(best, held).Sort();
                    held = count;
                    full = true;
                    threshold = best[count - 1].Key;
                }
            }

            at++;
        }

        new Span<KeyedIndex>(best, held).Sort();
        for (int i = 0; i < count; i++)
        {
            int index = best[i].Index;
            if (values != null)
                values[i] = input[index];
            if (indices != null)
                indices[i] = index;
        }
    }

    /// <summary>The first place from <paramref name="at"/> on whose element may be larger than the threshold, a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Next(T* input, int at, int length, T threshold)
    {
        if (Vector512.IsHardwareAccelerated && Vector512<T>.IsSupported)
        {
            Vector512<T> limit = Vector512.Create(threshold);
            for (; at + Vector512<T>.Count <= length; at += Vector512<T>.Count)
            {
                if (Vector512.GreaterThanAny(Vector512.Load(input + at), limit))
                    break;
            }
        }
        else if (Vector128.IsHardwareAccelerated && Vector128<T>.IsSupported)
        {
            Vector128<T> limit = Vector128.Create(threshold);
            for (; at + Vector128<T>.Count <= length; at += Vector128<T>.Count)
            {
                if (Vector128.GreaterThanAny(Vector128.Load(input + at), limit))
                    break;
            }
        }

        while (at < length && !(input[at] > threshold))
            at++;
        return at;
    }
}
