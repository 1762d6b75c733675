using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>Moves elements whatever their dtype is: only its size matters, and texts are moved as references.</summary>
static class ElementCopy
{
    /// <summary>Copies a box of elements between two layouts; offsets and strides count elements.</summary>
    internal static void Box(Tensor source, nint sourceOffset, ReadOnlySpan<nint> sourceStrides, Tensor destination, nint destinationOffset, ReadOnlySpan<nint> destinationStrides, ReadOnlySpan<int> shape)
    {
        switch (source.DType.Size)
        {
            case var _ when source.DType == DType.String: Texts(source.Texts, sourceOffset, sourceStrides, destination.Texts, destinationOffset, destinationStrides, shape); break;
            case 1: StridedCopy.Run<byte>(source.Elements<byte>(), sourceOffset, sourceStrides, destination.Elements<byte>(), destinationOffset, destinationStrides, shape); break;
            case 2: StridedCopy.Run<ushort>(source.Elements<ushort>(), sourceOffset, sourceStrides, destination.Elements<ushort>(), destinationOffset, destinationStrides, shape); break;
            case 4: StridedCopy.Run<uint>(source.Elements<uint>(), sourceOffset, sourceStrides, destination.Elements<uint>(), destinationOffset, destinationStrides, shape); break;
            case 8: StridedCopy.Run<ulong>(source.Elements<ulong>(), sourceOffset, sourceStrides, destination.Elements<ulong>(), destinationOffset, destinationStrides, shape); break;
            default: StridedCopy.Run<Complex>(source.Elements<Complex>(), sourceOffset, sourceStrides, destination.Elements<Complex>(), destinationOffset, destinationStrides, shape); break;
        }
    }

    /// <summary>The distances of neighbours along each dimension of a tensor in C order.</summary>
    internal static void Strides(ReadOnlySpan<int> shape, Span<nint> strides)
    {
        nint stride = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= shape[i];
        }
    }

    static void Texts(string[] source, nint sourceOffset, ReadOnlySpan<nint> sourceStrides, string[] destination, nint destinationOffset, ReadOnlySpan<nint> destinationStrides, ReadOnlySpan<int> shape)
    {
        if (shape.IsEmpty)
        {
            destination[destinationOffset] = source[sourceOffset];
            return;
        }

        for (var i = 0; i < shape[0]; i++) Texts(source, sourceOffset + (i * sourceStrides[0]), sourceStrides[1..], destination, destinationOffset + (i * destinationStrides[0]), destinationStrides[1..], shape[1..]);
    }
}
