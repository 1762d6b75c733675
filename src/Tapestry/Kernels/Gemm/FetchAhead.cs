namespace Tapestry.Kernels.Gemm;

/// <summary>Lines of memory that will be read soon: two at a fixed distance, and two more a stride further every few steps of a tile.</summary>
readonly unsafe struct FetchAhead(byte* start, nint other, nint stride)
{
    /// <summary>Steps of a tile from one pair of lines to the next.</summary>
    internal const int Steps = 16;

    /// <summary>The first line; null if nothing is asked for.</summary>
    internal byte* Start => start;

    /// <summary>Bytes from the first line to the one that is asked for with it.</summary>
    internal nint Other => other;

    /// <summary>Bytes from one pair to the next.</summary>
    internal nint Stride => stride;
}
