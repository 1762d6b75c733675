using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Gemm;

/// <summary>
/// The innermost loop of a product: a tile of up to 12 rows and two vectors of columns, held in registers while k runs. Every element of the tile is
/// one chain of multiply-adds in the order of k, whatever the tile's shape, so a result never depends on how a matrix is cut into tiles.
/// </summary>
static unsafe class MicroKernel<T, TVector, TUnit>
    where T : unmanaged
    where TVector : unmanaged
    where TUnit : struct, IVectorUnit<T, TVector>
{
    /// <summary>Rows of B far apart that are asked for in advance.</summary>
    const int CopyAhead = 12;

    /// <summary>
    /// C[rows, vectors of columns] = A·B (or += A·B). A's element (i, p) is at <c>a[i·aRow + p·aStep]</c>, B's row p at <c>b + p·bStep</c>. All columns of the tile must exist in memory.
    /// </summary>
    internal static void Run(int rows, int vectors, int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint cRow, bool accumulate, FetchAhead ahead = default)
    {
        if (aRow == 1 && aStep == rows)
        {
            switch (rows * 2 + vectors)
            {
                case 26:
                    Tile<N12, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 25:
                    Tile<N12, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 24:
                    Tile<N11, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 23:
                    Tile<N11, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 22:
                    Tile<N10, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 21:
                    Tile<N10, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 20:
                    Tile<N9, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 19:
                    Tile<N9, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 18:
                    Tile<N8, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 17:
                    Tile<N8, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 16:
                    Tile<N7, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 15:
                    Tile<N7, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 14:
                    Tile<N6, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 13:
                    Tile<N6, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 12:
                    Tile<N5, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 11:
                    Tile<N5, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 10:
                    Tile<N4, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 9:
                    Tile<N4, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 8:
                    Tile<N3, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 7:
                    Tile<N3, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 6:
                    Tile<N2, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 5:
                    Tile<N2, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 4:
                    Tile<N1, N2, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 3:
                    Tile<N1, N1, N1>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
            }
        }
        else
        {
            switch (rows * 2 + vectors)
            {
                case 26:
                    Tile<N12, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 25:
                    Tile<N12, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 24:
                    Tile<N11, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 23:
                    Tile<N11, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 22:
                    Tile<N10, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 21:
                    Tile<N10, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 20:
                    Tile<N9, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 19:
                    Tile<N9, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 18:
                    Tile<N8, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 17:
                    Tile<N8, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 16:
                    Tile<N7, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 15:
                    Tile<N7, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 14:
                    Tile<N6, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 13:
                    Tile<N6, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 12:
                    Tile<N5, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 11:
                    Tile<N5, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 10:
                    Tile<N4, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 9:
                    Tile<N4, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 8:
                    Tile<N3, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 7:
                    Tile<N3, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 6:
                    Tile<N2, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 5:
                    Tile<N2, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 4:
                    Tile<N1, N2, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
                case 3:
                    Tile<N1, N1, N2>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, null, ahead);
                    return;
            }
        }
    }

    /// <summary>
    /// The same tile of two vectors of columns with B read where it lies; its rows are copied to <paramref name="copy"/> without gaps, for the tiles of the same columns that follow.
    /// The copy costs next to nothing beside the multiplications.
    /// </summary>
    internal static void RunCopying(int rows, int k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* copy, T* c, nint cRow, bool accumulate, FetchAhead ahead)
    {
        switch (rows)
        {
            case 12:
                Tile<N12, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
            case 11:
                Tile<N11, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
            case 10:
                Tile<N10, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
            case 9:
                Tile<N9, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
            case 8:
                Tile<N8, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
            case 7:
                Tile<N7, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
            case 6:
                Tile<N6, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
            case 5:
                Tile<N5, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
            case 4:
                Tile<N4, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
            case 3:
                Tile<N3, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
            case 2:
                Tile<N2, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
            case 1:
                Tile<N1, N2, N5>(k, a, aRow, aStep, b, bStep, c, cRow, accumulate, 1, (nint*)copy, ahead);
                return;
        }
    }

    /// <summary>
    /// The same tile where A consists of <paramref name="segments"/> stretches of k columns each: stretch number s starts at <c>a + offsets[s]</c> and goes on without gaps
    /// (step 1); the rows of B simply follow each other. A convolution is such a product over the lines of a picture.
    /// </summary>
    internal static void RunSegments(int rows, int vectors, int segments, nint* offsets, int k, T* a, nint aRow, T* b, nint bStep, T* c, nint cRow)
    {
        switch (rows * 2 + vectors)
        {
            case 26:
                Tile<N12, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 25:
                Tile<N12, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 24:
                Tile<N11, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 23:
                Tile<N11, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 22:
                Tile<N10, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 21:
                Tile<N10, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 20:
                Tile<N9, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 19:
                Tile<N9, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 18:
                Tile<N8, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 17:
                Tile<N8, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 16:
                Tile<N7, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 15:
                Tile<N7, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 14:
                Tile<N6, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 13:
                Tile<N6, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 12:
                Tile<N5, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 11:
                Tile<N5, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 10:
                Tile<N4, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 9:
                Tile<N4, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 8:
                Tile<N3, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 7:
                Tile<N3, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 6:
                Tile<N2, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 5:
                Tile<N2, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 4:
                Tile<N1, N2, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
            case 3:
                Tile<N1, N1, N3>(k, a, aRow, 1, b, bStep, c, cRow, false, segments, offsets, default);
                return;
        }
    }

    /// <summary>
    /// C += A·B where A's rows are neighbours in memory (row stride 1) and its k columns, <paramref name="aStep"/> apart, come in <paramref name="segments"/> stretches that start at
    /// <c>a + offsets[s]</c>: the gradient of a filter over the lines of a picture.
    /// </summary>
    internal static void AddSegments(int rows, int vectors, int segments, nint* offsets, int k, T* a, nint aStep, T* b, nint bStep, T* c, nint cRow)
    {
        switch (rows * 2 + vectors)
        {
            case 26:
                Tile<N12, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 25:
                Tile<N12, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 24:
                Tile<N11, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 23:
                Tile<N11, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 22:
                Tile<N10, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 21:
                Tile<N10, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 20:
                Tile<N9, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 19:
                Tile<N9, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 18:
                Tile<N8, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 17:
                Tile<N8, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 16:
                Tile<N7, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 15:
                Tile<N7, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 14:
                Tile<N6, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 13:
                Tile<N6, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 12:
                Tile<N5, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 11:
                Tile<N5, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 10:
                Tile<N4, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 9:
                Tile<N4, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 8:
                Tile<N3, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 7:
                Tile<N3, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 6:
                Tile<N2, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 5:
                Tile<N2, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 4:
                Tile<N1, N2, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
            case 3:
                Tile<N1, N1, N4>(k, a, 1, aStep, b, bStep, c, cRow, true, segments, offsets, default);
                return;
        }
    }

    /// <summary>The tile of one shape; <typeparamref name="TLayout"/> is 3 or 4 for segments (with step 1 or row stride 1), 5 for a B that is copied (to where the offsets point), 1 for a packed A (row stride 1, step = rows) and 2 for any strides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile<TRows, TColumns, TLayout>(nint k, T* a, nint aRow, nint aStep, T* b, nint bStep, T* c, nint cRow, bool accumulate, int segments, nint* offsets, FetchAhead ahead)
        where TRows : unmanaged
        where TColumns : unmanaged
        where TLayout : unmanaged
    {
        // Vectors are read and written through pointers to them: each mention of a member of the unit is a call that the just-in-time compiler looks up and inlines anew.
        nint width = TUnit.Count;
        TVector s0 = default, t0 = default;
        TVector s1 = default, t1 = default;
        TVector s2 = default, t2 = default;
        TVector s3 = default, t3 = default;
        TVector s4 = default, t4 = default;
        TVector s5 = default, t5 = default;
        TVector s6 = default, t6 = default;
        TVector s7 = default, t7 = default;
        TVector s8 = default, t8 = default;
        TVector s9 = default, t9 = default;
        TVector s10 = default, t10 = default;
        TVector s11 = default, t11 = default;

        // Three rows share a pointer, so that four pointers and two strides address all twelve.
        nint aRow2 = aRow * 2;
        T* origin = a;
        nint length = k;
    NextSegment:
        if (sizeof(TLayout) is 3 or 4)
        {
            a = origin + *offsets;
            k = length;
        }

        T* copy = (T*)offsets;
        T* a3 = a + aRow * 3, a6 = a + aRow * 6, a9 = a + aRow * 9;
        byte* fetch = ahead.Start;
    NextStretch:
        nint later = 0;
        if (TUnit.FetchesAhead && sizeof(TLayout) is 1 or 2 or 5 && Sse.IsSupported && fetch != null)
        {
            // What is needed next comes from far away, so it is asked for line by line: many at once would hold up the lines that are needed now.
            Sse.Prefetch1(fetch);
            Sse.Prefetch1(fetch + ahead.Other);
            fetch += ahead.Stride;
            later = Math.Max(0, k - FetchAhead.Steps);
            k -= later;
        }

        for (; k > 0; k--)
        {
            TVector b0 = *(TVector*)b;
            TVector b1 = sizeof(TColumns) > 1 ? *(TVector*)(b + width) : default;
            if (sizeof(TLayout) == 2 && Sse.IsSupported)
            {
                // Read in place, the right operand's next panel is beside this one, and nobody else would fetch it.
                Sse.Prefetch0(b + 2 * width);
                Sse.Prefetch0(b + 3 * width);
            }

            if (sizeof(TLayout) == 5)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(b + bStep * CopyAhead);
                *(TVector*)copy = b0;
                *(TVector*)(copy + width) = b1;
                copy += 2 * width;
            }

            b += bStep;

            {
                TVector x = TUnit.BroadcastFrom(a, 0);
                s0 = TUnit.MultiplyAdd(x, b0, s0);
                if (sizeof(TColumns) > 1)
                    t0 = TUnit.MultiplyAdd(x, b1, t0);
            }

            if (sizeof(TRows) > 1)
            {
                TVector x = sizeof(TLayout) is 1 or 4 ? TUnit.BroadcastFrom(a, 1) : TUnit.BroadcastFrom(a, aRow);
                s1 = TUnit.MultiplyAdd(x, b0, s1);
                if (sizeof(TColumns) > 1)
                    t1 = TUnit.MultiplyAdd(x, b1, t1);
            }

            if (sizeof(TRows) > 2)
            {
                TVector x = sizeof(TLayout) is 1 or 4 ? TUnit.BroadcastFrom(a, 2) : TUnit.BroadcastFrom(a, aRow2);
                s2 = TUnit.MultiplyAdd(x, b0, s2);
                if (sizeof(TColumns) > 1)
                    t2 = TUnit.MultiplyAdd(x, b1, t2);
            }

            if (sizeof(TRows) > 3)
            {
                TVector x = sizeof(TLayout) is 1 or 4 ? TUnit.BroadcastFrom(a, 3) : TUnit.BroadcastFrom(a3, 0);
                s3 = TUnit.MultiplyAdd(x, b0, s3);
                if (sizeof(TColumns) > 1)
                    t3 = TUnit.MultiplyAdd(x, b1, t3);
            }

            if (sizeof(TRows) > 4)
            {
                TVector x = sizeof(TLayout) is 1 or 4 ? TUnit.BroadcastFrom(a, 4) : TUnit.BroadcastFrom(a3, aRow);
                s4 = TUnit.MultiplyAdd(x, b0, s4);
                if (sizeof(TColumns) > 1)
                    t4 = TUnit.MultiplyAdd(x, b1, t4);
            }

            if (sizeof(TRows) > 5)
            {
                TVector x = sizeof(TLayout) is 1 or 4 ? TUnit.BroadcastFrom(a, 5) : TUnit.BroadcastFrom(a3, aRow2);
                s5 = TUnit.MultiplyAdd(x, b0, s5);
                if (sizeof(TColumns) > 1)
                    t5 = TUnit.MultiplyAdd(x, b1, t5);
            }

            if (sizeof(TRows) > 6)
            {
                TVector x = sizeof(TLayout) is 1 or 4 ? TUnit.BroadcastFrom(a, 6) : TUnit.BroadcastFrom(a6, 0);
                s6 = TUnit.MultiplyAdd(x, b0, s6);
                if (sizeof(TColumns) > 1)
                    t6 = TUnit.MultiplyAdd(x, b1, t6);
            }

            if (sizeof(TRows) > 7)
            {
                TVector x = sizeof(TLayout) is 1 or 4 ? TUnit.BroadcastFrom(a, 7) : TUnit.BroadcastFrom(a6, aRow);
                s7 = TUnit.MultiplyAdd(x, b0, s7);
                if (sizeof(TColumns) > 1)
                    t7 = TUnit.MultiplyAdd(x, b1, t7);
            }

            if (sizeof(TRows) > 8)
            {
                TVector x = sizeof(TLayout) is 1 or 4 ? TUnit.BroadcastFrom(a, 8) : TUnit.BroadcastFrom(a6, aRow2);
                s8 = TUnit.MultiplyAdd(x, b0, s8);
                if (sizeof(TColumns) > 1)
                    t8 = TUnit.MultiplyAdd(x, b1, t8);
            }

            if (sizeof(TRows) > 9)
            {
                TVector x = sizeof(TLayout) is 1 or 4 ? TUnit.BroadcastFrom(a, 9) : TUnit.BroadcastFrom(a9, 0);
                s9 = TUnit.MultiplyAdd(x, b0, s9);
                if (sizeof(TColumns) > 1)
                    t9 = TUnit.MultiplyAdd(x, b1, t9);
            }

            if (sizeof(TRows) > 10)
            {
                TVector x = sizeof(TLayout) is 1 or 4 ? TUnit.BroadcastFrom(a, 10) : TUnit.BroadcastFrom(a9, aRow);
                s10 = TUnit.MultiplyAdd(x, b0, s10);
                if (sizeof(TColumns) > 1)
                    t10 = TUnit.MultiplyAdd(x, b1, t10);
            }

            if (sizeof(TRows) > 11)
            {
                TVector x = sizeof(TLayout) is 1 or 4 ? TUnit.BroadcastFrom(a, 11) : TUnit.BroadcastFrom(a9, aRow2);
                s11 = TUnit.MultiplyAdd(x, b0, s11);
                if (sizeof(TColumns) > 1)
                    t11 = TUnit.MultiplyAdd(x, b1, t11);
            }

            if (sizeof(TLayout) == 1)
            {
                a += sizeof(TRows);
            }
            else if (sizeof(TLayout) == 4)
            {
                a += aStep;
            }
            else
            {
                a += sizeof(TLayout) == 3 ? 1 : aStep;
                if (sizeof(TRows) > 3)
                    a3 += sizeof(TLayout) == 3 ? 1 : aStep;
                if (sizeof(TRows) > 6)
                    a6 += sizeof(TLayout) == 3 ? 1 : aStep;
                if (sizeof(TRows) > 9)
                    a9 += sizeof(TLayout) == 3 ? 1 : aStep;
            }
        }

        if (TUnit.FetchesAhead && later > 0)
        {
            k = later;
            goto NextStretch;
        }

        if (sizeof(TLayout) is 3 or 4)
        {
            offsets++;
            if (--segments > 0)
                goto NextSegment;
        }

        if (accumulate)
        {
            s0 = TUnit.Add(*(TVector*)c, s0);
            if (sizeof(TColumns) > 1)
                t0 = TUnit.Add(*(TVector*)(c + width), t0);

            if (sizeof(TRows) > 1)
            {
                s1 = TUnit.Add(*(TVector*)(c + cRow * 1), s1);
                if (sizeof(TColumns) > 1)
                    t1 = TUnit.Add(*(TVector*)(c + cRow * 1 + width), t1);
            }

            if (sizeof(TRows) > 2)
            {
                s2 = TUnit.Add(*(TVector*)(c + cRow * 2), s2);
                if (sizeof(TColumns) > 1)
                    t2 = TUnit.Add(*(TVector*)(c + cRow * 2 + width), t2);
            }

            if (sizeof(TRows) > 3)
            {
                s3 = TUnit.Add(*(TVector*)(c + cRow * 3), s3);
                if (sizeof(TColumns) > 1)
                    t3 = TUnit.Add(*(TVector*)(c + cRow * 3 + width), t3);
            }

            if (sizeof(TRows) > 4)
            {
                s4 = TUnit.Add(*(TVector*)(c + cRow * 4), s4);
                if (sizeof(TColumns) > 1)
                    t4 = TUnit.Add(*(TVector*)(c + cRow * 4 + width), t4);
            }

            if (sizeof(TRows) > 5)
            {
                s5 = TUnit.Add(*(TVector*)(c + cRow * 5), s5);
                if (sizeof(TColumns) > 1)
                    t5 = TUnit.Add(*(TVector*)(c + cRow * 5 + width), t5);
            }

            if (sizeof(TRows) > 6)
            {
                s6 = TUnit.Add(*(TVector*)(c + cRow * 6), s6);
                if (sizeof(TColumns) > 1)
                    t6 = TUnit.Add(*(TVector*)(c + cRow * 6 + width), t6);
            }

            if (sizeof(TRows) > 7)
            {
                s7 = TUnit.Add(*(TVector*)(c + cRow * 7), s7);
                if (sizeof(TColumns) > 1)
                    t7 = TUnit.Add(*(TVector*)(c + cRow * 7 + width), t7);
            }

            if (sizeof(TRows) > 8)
            {
                s8 = TUnit.Add(*(TVector*)(c + cRow * 8), s8);
                if (sizeof(TColumns) > 1)
                    t8 = TUnit.Add(*(TVector*)(c + cRow * 8 + width), t8);
            }

            if (sizeof(TRows) > 9)
            {
                s9 = TUnit.Add(*(TVector*)(c + cRow * 9), s9);
                if (sizeof(TColumns) > 1)
                    t9 = TUnit.Add(*(TVector*)(c + cRow * 9 + width), t9);
            }

            if (sizeof(TRows) > 10)
            {
                s10 = TUnit.Add(*(TVector*)(c + cRow * 10), s10);
                if (sizeof(TColumns) > 1)
                    t10 = TUnit.Add(*(TVector*)(c + cRow * 10 + width), t10);
            }

            if (sizeof(TRows) > 11)
            {
                s11 = TUnit.Add(*(TVector*)(c + cRow * 11), s11);
                if (sizeof(TColumns) > 1)
                    t11 = TUnit.Add(*(TVector*)(c + cRow * 11 + width), t11);
            }
        }

        *(TVector*)c = s0;
        if (sizeof(TColumns) > 1)
            *(TVector*)(c + width) = t0;

        if (sizeof(TRows) > 1)
        {
            *(TVector*)(c + cRow * 1) = s1;
            if (sizeof(TColumns) > 1)
                *(TVector*)(c + cRow * 1 + width) = t1;
        }

        if (sizeof(TRows) > 2)
        {
            *(TVector*)(c + cRow * 2) = s2;
            if (sizeof(TColumns) > 1)
                *(TVector*)(c + cRow * 2 + width) = t2;
        }

        if (sizeof(TRows) > 3)
        {
            *(TVector*)(c + cRow * 3) = s3;
            if (sizeof(TColumns) > 1)
                *(TVector*)(c + cRow * 3 + width) = t3;
        }

        if (sizeof(TRows) > 4)
        {
            *(TVector*)(c + cRow * 4) = s4;
            if (sizeof(TColumns) > 1)
                *(TVector*)(c + cRow * 4 + width) = t4;
        }

        if (sizeof(TRows) > 5)
        {
            *(TVector*)(c + cRow * 5) = s5;
            if (sizeof(TColumns) > 1)
                *(TVector*)(c + cRow * 5 + width) = t5;
        }

        if (sizeof(TRows) > 6)
        {
            *(TVector*)(c + cRow * 6) = s6;
            if (sizeof(TColumns) > 1)
                *(TVector*)(c + cRow * 6 + width) = t6;
        }

        if (sizeof(TRows) > 7)
        {
            *(TVector*)(c + cRow * 7) = s7;
            if (sizeof(TColumns) > 1)
                *(TVector*)(c + cRow * 7 + width) = t7;
        }

        if (sizeof(TRows) > 8)
        {
            *(TVector*)(c + cRow * 8) = s8;
            if (sizeof(TColumns) > 1)
                *(TVector*)(c + cRow * 8 + width) = t8;
        }

        if (sizeof(TRows) > 9)
        {
            *(TVector*)(c + cRow * 9) = s9;
            if (sizeof(TColumns) > 1)
                *(TVector*)(c + cRow * 9 + width) = t9;
        }

        if (sizeof(TRows) > 10)
        {
            *(TVector*)(c + cRow * 10) = s10;
            if (sizeof(TColumns) > 1)
                *(TVector*)(c + cRow * 10 + width) = t10;
        }

        if (sizeof(TRows) > 11)
        {
            *(TVector*)(c + cRow * 11) = s11;
            if (sizeof(TColumns) > 1)
                *(TVector*)(c + cRow * 11 + width) = t11;
        }
    }
}
