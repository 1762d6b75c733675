namespace Tapestry.Kernels.Gemm;

/// <summary>Lines of memory that will be read soon. A tile asks for one of them every few steps.</summary>
readonly unsafe struct FetchAhead(byte* start, nint stride)
{
    /// <summary>Steps of a tile from one line to the next.</summary>
    internal const int Steps = 8;

    internal bool IsEmpty => start == null;

    internal byte* Start => start;

    internal nint Stride => stride;
}
