using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tapestry.Kernels.Sorting;

/// <summary>
/// Numbers as unsigned integers of the same order, so that one sort serves every type. NaN is the last key in either direction, and −0 equals +0.
/// </summary>
static unsafe class SortKey<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Whether 32 bits hold the key.</summary>
    internal static bool IsNarrow => sizeof(T) <= 4;

    /// <summary>Whether T is a floating-point type of any width.</summary>
    static readonly bool isFloat = T.CreateTruncating(0.5) != T.Zero;

    static readonly bool isSigned = T.CreateTruncating(-1) < T.Zero;

    /// <summary>The key of a type of at most 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Narrow(T value, bool descending)
    {
        uint key;
        if (typeof(T) == typeof(float) || (typeof(T) != typeof(int) && isFloat))
        {
            float number = typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(value) : float.CreateTruncating(value);
            if (float.IsNaN(number))
                return uint.MaxValue;
            int bits = BitConverter.SingleToInt32Bits(number + 0f);
            key = (uint)(bits ^ ((bits >> 31) | int.MinValue));
        }
        else
        {
            key = typeof(T) == typeof(int) || isSigned ? (uint)int.CreateTruncating(value) ^ 0x80000000 : uint.CreateTruncating(value);
        }

        return descending ? ~key : key;
    }

    /// <summary>The key of a 64-bit type (and of any narrower one).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Wide(T value, bool descending)
    {
        ulong key;
        if (typeof(T) == typeof(double) || (typeof(T) != typeof(long) && isFloat))
        {
            double number = double.CreateTruncating(value);
            if (double.IsNaN(number))
                return ulong.MaxValue;
            long bits = BitConverter.DoubleToInt64Bits(number + 0d);
            key = (ulong)(bits ^ ((bits >> 63) | long.MinValue));
        }
        else
        {
            key = typeof(T) == typeof(long) || isSigned ? (ulong)long.CreateTruncating(value) ^ (1UL << 63) : ulong.CreateTruncating(value);
        }

        return descending ? ~key : key;
    }
}

/// <summary>A 64-bit key and where it came from; ordered by key, then place, so that every sort of it is stable.</summary>
readonly struct KeyedIndex(ulong key, int index) : IComparable<KeyedIndex>
{
    internal ulong Key { get; } = key;

    internal int Index { get; } = index;

    public int CompareTo(KeyedIndex other) => Key != other.Key ? Key.CompareTo(other.Key) : Index.CompareTo(other.Index);
}
