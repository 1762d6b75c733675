using System.Runtime.InteropServices;

namespace Tapestry;

/// <summary>Stretches tensors, element type aside: only the size of an element matters.</summary>
static class BroadcastKernel
{
    /// <summary>Fills the destination with the source, repeated along the stretched dimensions.</summary>
    internal static void Stretch(Tensor source, Tensor destination)
    {
        switch (source.DType.Size)
        {
            case 1: Stretch<byte>(source, destination); break;
            case 2: Stretch<ushort>(source, destination); break;
            case 4: Stretch<uint>(source, destination); break;
            case 8: Stretch<ulong>(source, destination); break;
            default: Stretch<UInt128>(source, destination); break;
        }
    }

    static void Stretch<T>(Tensor source, Tensor destination)
        where T : unmanaged
    {
        if (destination.Size == 0) return;
        Span<int> strides = stackalloc int[destination.Rank];
        BroadcastStrides(source.Shape, strides);
        Fill(MemoryMarshal.Cast<byte, T>(source.Bytes), MemoryMarshal.Cast<byte, T>(destination.Bytes), destination.Shape.Dimensions, strides);
    }

    /// <summary>The distance of neighbours of a source along each dimension of its stretched form; 0 where it repeats.</summary>
    static void BroadcastStrides(Shape source, Span<int> strides)
    {
        strides.Clear();
        var stride = 1;
        for (var i = 1; i <= source.Rank; i++)
        {
            strides[^i] = source[^i] == 1 ? 0 : stride;
            stride *= source[^i];
        }
    }

    static void Fill<T>(ReadOnlySpan<T> source, Span<T> destination, ReadOnlySpan<int> dimensions, ReadOnlySpan<int> strides)
    {
        if (dimensions.IsEmpty)
        {
            destination[0] = source[0];
            return;
        }

        var part = destination.Length / dimensions[0];
        if (dimensions.Length == 1)
        {
            if (strides[0] == 0) destination.Fill(source[0]);
            else source[..dimensions[0]].CopyTo(destination);
            return;
        }

        for (var i = 0; i < dimensions[0]; i++)
        {
            if (i > 0 && strides[0] == 0) destination[..part].CopyTo(destination[(i * part)..]);
            else Fill(source[(i * strides[0])..], destination.Slice(i * part, part), dimensions[1..], strides[1..]);
        }
    }
}
