namespace Tapestry.Tests;

/// <summary>The bits of a tensor that may be gone afterwards: <see cref="Tensor.Bytes"/> looks at memory that the next tensor gets when nobody holds this one.</summary>
static class TensorBits
{
    internal static byte[] Bits(this Tensor tensor)
    {
        var bits = tensor.Bytes.ToArray();
        GC.KeepAlive(tensor);
        return bits;
    }
}
