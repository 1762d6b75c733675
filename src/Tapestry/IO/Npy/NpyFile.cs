using System.Text;

namespace Tapestry.IO;

/// <summary>Reads and writes arrays in NumPy's <c>.npy</c> format.</summary>
static class NpyFile
{
    /// <summary>The array in a file.</summary>
    /// <exception cref="TapestryException">The file is damaged, or its elements have no dtype.</exception>
    internal static Tensor Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path, stream.Length);
    }

    /// <summary>The array at the start of a stream.</summary>
    /// <param name="stream">The bytes; values of either byte order, in C or Fortran order.</param>
    /// <param name="subject">The name for error messages.</param>
    /// <param name="length">How many bytes there are. No memory is taken for values that cannot be among them.</param>
    /// <exception cref="TapestryException">The bytes are damaged, or the elements have no dtype.</exception>
    internal static Tensor Read(Stream stream, string subject, long length)
    {
        var counted = new CountedStream(stream);
        var header = NpyHeader.Read(counted, subject);
        var rest = length - counted.Count;
        if (rest != header.DataLength)
        {
            throw new TapestryException(
                subject,
                rest < header.DataLength ? "values are missing" : "there is more than the values",
                $"{rest} bytes for {header.DType}{header.Shape}",
                $"{header.DataLength} bytes",
                "The file is damaged; fetch or write it again.");
        }

        var bytes = new byte[header.DataLength];
        if (counted.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new TapestryException(subject, "values are missing", "the end of the data", $"{bytes.Length} bytes", "The file is damaged; fetch or write it again.");
        if (header.FortranOrder && header.Shape.Rank > 1) bytes = ToCOrder(bytes, header.Shape, header.Width);
        if (header.TextEncoding is not null) return Texts(bytes, header, header.TextEncoding, subject);
        if (header.BigEndian) Reverse(bytes, header.DType.IsComplex ? header.Width / 2 : header.Width);
        var tensor = Tensor.Allocate(header.DType, header.Shape);
        bytes.CopyTo(tensor.Bytes);
        // A bool of .NET may be nothing but 0 or 1.
        if (header.DType == DType.Bool)
        {
            foreach (ref var value in tensor.Bytes) value = value == 0 ? (byte)0 : (byte)1;
        }

        return tensor;
    }

    /// <summary>Writes an array, little endian and in C order.</summary>
    /// <exception cref="TapestryException">NumPy has no such element type.</exception>
    internal static void Write(Stream stream, Tensor tensor)
    {
        TensorReader.RequireValues(tensor, "NpyFile.Write");
        if (tensor.DType == DType.String)
        {
            WriteTexts(stream, tensor);
            return;
        }

        stream.Write(NpyHeader.Write(Descriptor(tensor.DType), tensor.Shape));
        stream.Write(tensor.Bytes);
        GC.KeepAlive(tensor);
    }

    static string Descriptor(DType dtype)
    {
        if (dtype == DType.BFloat16) throw new TapestryException("NpyFile.Write", "NumPy has no such element type", dtype.Name, "a dtype of NumPy", "Cast to float32, which holds every bfloat16.");
        var kind = dtype == DType.Bool ? 'b' : dtype.IsComplex ? 'c' : dtype.IsFloating ? 'f' : dtype.IsUnsigned ? 'u' : 'i';
        return $"{(dtype.Size == 1 ? '|' : '<')}{kind}{dtype.Size}";
    }

    static Tensor Texts(byte[] bytes, NpyHeader header, Encoding encoding, string subject)
    {
        var tensor = Tensor.Allocate(DType.String, header.Shape);
        for (var i = 0; i < tensor.Size; i++)
        {
            try
            {
                // Shorter texts are filled up with zeros; zeros inside a text belong to it.
                tensor.Texts[i] = encoding.GetString(bytes, i * header.Width, header.Width).TrimEnd('\0');
            }
            catch (DecoderFallbackException fault)
            {
                throw new TapestryException(subject, "not a text", $"{Convert.ToHexString(bytes, i * header.Width, Math.Min(header.Width, 40))} in element {i}", encoding.WebName, inner: fault);
            }
        }

        return tensor;
    }

    static void WriteTexts(Stream stream, Tensor tensor)
    {
        // NumPy cannot hold an element of no characters, so the shortest width is one.
        var encoded = tensor.Texts.Select(text => Encoding.UTF32.GetBytes(text)).ToArray();
        var width = encoded.Select(bytes => bytes.Length).DefaultIfEmpty(0).Max();
        width = Math.Max(width, 4);
        stream.Write(NpyHeader.Write($"<U{width / 4}", tensor.Shape));
        var element = new byte[width];
        foreach (var bytes in encoded)
        {
            element.AsSpan().Clear();
            bytes.CopyTo(element, 0);
            stream.Write(element);
        }
    }

    static byte[] ToCOrder(byte[] source, Shape shape, int width)
    {
        var destination = new byte[source.Length];
        var strides = new long[shape.Rank];
        long stride = width;
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        var index = new int[shape.Rank];
        long from = 0;
        for (var to = 0; to < destination.Length; to += width)
        {
            source.AsSpan((int)from, width).CopyTo(destination.AsSpan(to));
            for (var axis = shape.Rank - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis]) break;
                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return destination;
    }

    static void Reverse(Span<byte> bytes, int width)
    {
        for (; bytes.Length > 0; bytes = bytes[width..]) bytes[..width].Reverse();
    }

    /// <summary>Counts what is read, so that no stream has to know its position.</summary>
    sealed class CountedStream(Stream inner) : Stream
    {
        internal long Count { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Count; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            Count += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
