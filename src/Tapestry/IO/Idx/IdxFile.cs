using System.Buffers.Binary;
using System.IO.Compression;

namespace Tapestry.IO;

/// <summary>Reads files of the IDX format, the one of MNIST: two zero bytes, a type, the number of dimensions, the dimensions, the values; big endian.</summary>
static class IdxFile
{
    /// <summary>The values as a tensor. A file that begins like gzip is unpacked.</summary>
    /// <exception cref="TapestryException">The file is damaged, or of a type that is not supported.</exception>
    internal static Tensor Read(string path)
    {
        var bytes = Unpack(path);
        if (bytes.Length < 4 || bytes[0] != 0 || bytes[1] != 0) throw Damaged(path, "the first two bytes are not zero", Convert.ToHexString(bytes.AsSpan(0, Math.Min(4, bytes.Length))));
        DType dtype = bytes[2] switch
        {
            0x08 => DType.UInt8,
            0x09 => DType.Int8,
            0x0B => DType.Int16,
            0x0C => DType.Int32,
            0x0D => DType.Float32,
            0x0E => DType.Float64,
            _ => throw Damaged(path, "unknown type of values", $"0x{bytes[2]:X2}"),
        };
        var rank = bytes[3];
        var start = 4 + 4 * rank;
        if (bytes.Length < start) throw Damaged(path, "the header is cut off", $"{bytes.Length} bytes");
        var lengths = new int[rank];
        var size = (long)dtype.Size;
        for (var i = 0; i < rank; i++)
        {
            lengths[i] = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 + 4 * i));
            if (lengths[i] < 0) throw Damaged(path, "negative length", $"{lengths[i]}");
            size = checked(size * lengths[i]);
            if (size > bytes.Length) break;
        }

        if (size != bytes.Length - start) throw Damaged(path, "the number of values does not fit the dimensions", $"{bytes.Length - start} bytes of values for ({string.Join(", ", lengths)}) {dtype}");
        var tensor = Tensor.Allocate(dtype, lengths);
        bytes.AsSpan(start).CopyTo(tensor.Bytes);
        if (BitConverter.IsLittleEndian) Reverse(tensor.Bytes, dtype.Size);
        return tensor;
    }

    /// <summary>The bytes of a file, unpacked when it begins like gzip.</summary>
    internal static byte[] Unpack(string path)
    {
        if (!File.Exists(path)) throw new TapestryException("IDX", "there is no such file", path);
        var bytes = File.ReadAllBytes(path);
        if (bytes is not [0x1F, 0x8B, ..]) return bytes;
        try
        {
            using var packed = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var unpacked = new MemoryStream();
            packed.CopyTo(unpacked);
            return unpacked.ToArray();
        }
        catch (InvalidDataException fault)
        {
            throw new TapestryException("IDX", "the compressed file is damaged", path, remedy: "Fetch it again.", inner: fault);
        }
    }

    static void Reverse(Span<byte> bytes, int size)
    {
        if (size == 1) return;
        for (var i = 0; i < bytes.Length; i += size) bytes.Slice(i, size).Reverse();
    }

    static TapestryException Damaged(string path, string fault, string received) =>
        new("IDX", fault, $"{received} in {path}", "a file of the IDX format", "Fetch it again, or check that it is an IDX file.");
}
