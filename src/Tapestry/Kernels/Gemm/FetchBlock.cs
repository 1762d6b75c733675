using System.Runtime.Intrinsics.X86;

namespace Tapestry.Kernels.Gemm;

/// <summary>A block of memory that will be read soon, and is asked for tile by tile while something else is computed.</summary>
/// <remarks>Long rows are walked along, two at a time; of short ones a tile asks for as many as it can, line by line across all rows.</remarks>
unsafe struct FetchBlock
{
    const int Line = 64;

    readonly byte* start;
    readonly nint stride;
    readonly int rows, bytes, pairs;
    readonly bool isAlong;
    int row, done;

    /// <param name="start">The first byte.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="bytes">Bytes of a row.</param>
    /// <param name="steps">Steps of the tiles.</param>
    internal FetchBlock(byte* start, nint stride, int rows, int bytes, int steps)
    {
        bool isGapless = stride == bytes;
        this.start = start;
        this.stride = isGapless ? Line : stride;
        this.rows = isGapless ? Turns(rows * bytes, Line) : rows;
        this.bytes = isGapless ? Line : bytes;
        pairs = Turns(steps, FetchAhead.Steps);
        isAlong = Turns(this.bytes, Line) >= pairs;
    }

    /// <summary>Whether nothing is left to ask for.</summary>
    internal readonly bool IsEmpty => isAlong ? row >= rows : done >= bytes;

    /// <summary>Tiles that it takes to ask for all.</summary>
    internal readonly int Tiles => rows == 0 ? 0 : isAlong ? (rows + 1) / 2 * Turns(bytes, pairs * Line) : Turns(bytes, Line) * Turns(rows, 2 * pairs);

    /// <summary>What the next tile asks for.</summary>
    internal FetchAhead Next()
    {
        byte* from = start + row * stride + done;
        if (isAlong)
        {
            nint other = row + 1 < rows ? stride : 0;
            if ((done += pairs * Line) >= bytes)
                (row, done) = (row + 2, 0);
            return new(from, other, Line);
        }

        if ((row += 2 * pairs) >= rows)
            (row, done) = (0, done + Line);
        return new(from, stride, 2 * stride);
    }

    /// <summary>Asks at once for what a tile would ask for.</summary>
    internal void Ask()
    {
        FetchAhead lines = Next();
        for (int i = 0; i < pairs && Sse.IsSupported; i++)
        {
            Sse.Prefetch1(lines.Start + i * lines.Stride);
            Sse.Prefetch1(lines.Start + i * lines.Stride + lines.Other);
        }
    }

    static int Turns(int count, int size) => (count + size - 1) / size;
}
