namespace Tapestry.Kernels.Gemm;

/// <summary>A block of memory that will be read soon, and is asked for line by line while something else is computed.</summary>
unsafe struct FetchBlock
{
    const int Line = 64;

    byte* start;
    nint stride;
    int rows, bytes, done;

    internal FetchBlock(byte* start, nint stride, int rows, int bytes)
    {
        bool gapless = stride == bytes;
        this.start = start;
        this.stride = stride;
        this.rows = gapless ? 1 : rows;
        this.bytes = gapless ? rows * bytes : bytes;
    }

    /// <summary>Whether all has been asked for.</summary>
    internal readonly bool IsEmpty => rows <= 0;

    /// <summary>The lines that a tile of so many steps asks for.</summary>
    internal FetchAhead Next(int steps)
    {
        int lines = (steps + FetchAhead.Steps - 1) / FetchAhead.Steps;
        byte* from = start;
        if (bytes <= Line)
        {
            start += lines * stride;
            rows -= lines;
            return new(from, stride);
        }

        from += done;
        int left = bytes - done, step = Math.Min(Line, (left + lines - 1) / lines);
        if ((done += lines * step) >= bytes)
        {
            done = 0;
            rows--;
            start += stride;
        }

        return new(from, step);
    }
}
