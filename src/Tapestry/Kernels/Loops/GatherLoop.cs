using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Loops;

/// <summary>The extents of picking positions along one axis of [batch, outer, axis, inner]; every batch has its own positions.</summary>
/// <param name="Batch">Leading dimensions that the positions share.</param>
/// <param name="Outer">Dimensions between these and the axis.</param>
/// <param name="Axis">The length of the axis.</param>
/// <param name="Inner">Dimensions behind it.</param>
/// <param name="Count">The positions of each batch.</param>
readonly record struct GatherExtents(nint Batch, nint Outer, nint Axis, nint Inner, nint Count);

/// <summary>Picks rows by their positions. Elements are moved as bits. Positions must be valid: see <see cref="FirstOutside{TIndex}"/>.</summary>
static unsafe class GatherLoop
{
    // Rows of a large table come from far away, one after the other: those that are next are asked for beforehand.
    const int RowsAhead = 16;
    const int Line = 64;
    const int MostLines = 8;
    const int ShortRow = 1024;

    /// <summary>Where in a list of positions the first lies that does not exist; -1 if all do.</summary>
    public static int FirstOutside<TIndex>(ReadOnlySpan<TIndex> positions, long length)
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var i = 0;
        if (typeof(TIndex) == typeof(int) && length is > 0 and <= int.MaxValue)
        {
            var limit = new Vector<uint>((uint)length);
            var numbers = MemoryMarshal.Cast<TIndex, uint>(positions);
            while (i <= numbers.Length - Vector<uint>.Count && !Vector.GreaterThanOrEqualAny(new Vector<uint>(numbers[i..]), limit)) i += Vector<uint>.Count;
        }

        for (; i < positions.Length; i++)
        {
            if ((ulong)long.CreateTruncating(positions[i]) >= (ulong)length) return i;
        }

        return -1;
    }

    /// <summary>destination[b, o, i, :] = source[b, o, positions[b, i], :].</summary>
    public static void Run<T, TIndex>(ReadOnlySpan<T> source, ReadOnlySpan<TIndex> positions, in GatherExtents extents, Span<T> destination)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        Debug.Assert(destination.Length == extents.Batch * extents.Outer * extents.Count * extents.Inner, "The extents match the spans.");
        if (destination.Length == 0) return;
        fixed (T* from = source)
        fixed (TIndex* index = positions)
        fixed (T* to = destination)
        {
            var total = extents.Batch * extents.Outer * extents.Count;
            var block = Math.Max(1, LoopChunks.Size / extents.Inner);
            var blocks = new Blocks<T, TIndex>(from, index, extents, to, total, block);
            LoopChunks.RunItems((total + block - 1) / block, block * extents.Inner, ref blocks);
        }
    }

    readonly struct Blocks<T, TIndex>(T* source, TIndex* positions, GatherExtents extents, T* destination, nint total, nint block) : IItemBody
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public void Invoke(nint item)
        {
            var (row, last) = (item * block, Math.Min((item + 1) * block, total));
            var (outer, i) = (row / extents.Count, row % extents.Count);
            for (; row < last; outer++, i = 0)
            {
                var own = positions + outer / extents.Outer * extents.Count + i;
                var (count, known) = (Math.Min(last - row, extents.Count - i), extents.Count - i);
                var from = source + outer * extents.Axis * extents.Inner;
                var to = destination + row * extents.Inner;
                if (extents.Inner == 1) Elements(from, own, to, count);
                else Rows((byte*)from, own, known, (byte*)to, count, extents.Inner * sizeof(T));
                row += count;
            }
        }

        static void Elements(T* from, TIndex* positions, T* to, nint count)
        {
            for (nint i = 0; i < count; i++) to[i] = from[nint.CreateTruncating(positions[i])];
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Rows(byte* from, TIndex* positions, nint known, byte* to, nint count, nint bytes)
        {
            var ahead = Sse.IsSupported ? Math.Min(MostLines * Line, bytes) : 0;
            for (nint i = 0; i < count; i++, to += bytes)
            {
                var next = from + nint.CreateTruncating(positions[Math.Min(i + RowsAhead, known - 1)]) * bytes;
                for (nint line = 0; line < ahead; line += Line) Sse.Prefetch0(next + line);
                Copy(from + nint.CreateTruncating(positions[i]) * bytes, to, bytes);
            }
        }

        // The platform's copy takes longer to choose its way than a short row takes.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Copy(byte* from, byte* to, nint bytes)
        {
            if (bytes > ShortRow || bytes < Vector128<byte>.Count) Buffer.MemoryCopy(from, to, bytes, bytes);
            else if (Vector512.IsHardwareAccelerated && bytes >= Vector512<byte>.Count) Copy512(from, to, bytes);
            else if (Vector256.IsHardwareAccelerated && bytes >= Vector256<byte>.Count) Copy256(from, to, bytes);
            else Copy128(from, to, bytes);
        }

        // The last vector overlaps the one before.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Copy512(byte* from, byte* to, nint bytes)
        {
            nint i = 0;
            for (; i <= bytes - Vector512<byte>.Count; i += Vector512<byte>.Count) Vector512.Load(from + i).Store(to + i);
            if (i < bytes) Vector512.Load(from + bytes - Vector512<byte>.Count).Store(to + bytes - Vector512<byte>.Count);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Copy256(byte* from, byte* to, nint bytes)
        {
            nint i = 0;
            for (; i <= bytes - Vector256<byte>.Count; i += Vector256<byte>.Count) Vector256.Load(from + i).Store(to + i);
            if (i < bytes) Vector256.Load(from + bytes - Vector256<byte>.Count).Store(to + bytes - Vector256<byte>.Count);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Copy128(byte* from, byte* to, nint bytes)
        {
            nint i = 0;
            for (; i <= bytes - Vector128<byte>.Count; i += Vector128<byte>.Count) Vector128.Load(from + i).Store(to + i);
            if (i < bytes) Vector128.Load(from + bytes - Vector128<byte>.Count).Store(to + bytes - Vector128<byte>.Count);
        }
    }
}
