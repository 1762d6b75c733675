using System.Diagnostics;

namespace Tapestry.Kernels.Loops;

/// <summary>Permutes axes: destination dimension d is source dimension permutation[d]. Elements are moved as bits.</summary>
static unsafe class TransposeLoop
{
    public static void Run<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> shape, ReadOnlySpan<int> permutation, Span<T> destination) where T : unmanaged
    {
        Debug.Assert(shape.Length == permutation.Length && source.Length == destination.Length, "A permutation names every axis once.");
        var rank = shape.Length;
        nint* strides = stackalloc nint[rank], from = stackalloc nint[rank], to = stackalloc nint[rank];
        int* permuted = stackalloc int[rank];
        nint stride = 1;
        for (var d = rank - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride *= shape[d];
        }
        stride = 1;
        for (var d = rank - 1; d >= 0; d--)
        {
            permuted[d] = shape[permutation[d]];
            from[d] = strides[permutation[d]];
            to[d] = stride;
            stride *= permuted[d];
        }
        StridedCopy.Run(source, 0, new ReadOnlySpan<nint>(from, rank), destination, 0, new ReadOnlySpan<nint>(to, rank), new ReadOnlySpan<int>(permuted, rank));
    }
}
