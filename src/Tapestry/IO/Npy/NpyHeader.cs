using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Tapestry.IO;

/// <summary>
/// What stands before the values of a NumPy file: the element type, the order and the shape, written as a Python dictionary. It is read
/// as data; nothing is evaluated, and whatever is not such a dictionary is refused.
/// </summary>
/// <param name="DType">The element type.</param>
/// <param name="Width">Bytes of one element in the file; a text of n characters has 4n.</param>
/// <param name="BigEndian">Whether the bytes of an element come most significant first.</param>
/// <param name="FortranOrder">Whether the first dimension runs fastest.</param>
/// <param name="Shape">The dimensions.</param>
/// <param name="TextEncoding">How texts are encoded: UTF-32 in arrays of characters, UTF-8 in arrays of bytes; null for numbers.</param>
/// <remarks>Source: NumPy's <c>numpy.lib.format</c>, versions 1.0 to 3.0.</remarks>
sealed record NpyHeader(DType DType, int Width, bool BigEndian, bool FortranOrder, Shape Shape, Encoding? TextEncoding)
{
    // NumPy writes 118 bytes and lets structured types, which are not read here, be longer.
    const int LongestHeader = 1 << 16;
    const int HighestRank = 64;

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Bytes that the values take in the file.</summary>
    internal long DataLength => (long)Shape.Size * Width;

    /// <summary>Reads a header and leaves the stream at the first value.</summary>
    /// <exception cref="TapestryException">The bytes are no header, or one of a type that no dtype holds.</exception>
    internal static NpyHeader Read(Stream stream, string subject)
    {
        Span<byte> start = stackalloc byte[8];
        if (stream.ReadAtLeast(start, 8, throwOnEndOfStream: false) < 8 || !start[..6].SequenceEqual(Magic))
            throw new TapestryException(subject, "not a NumPy file", Convert.ToHexString(start), "the bytes 93-NUMPY and a version at the start");
        if (start[6] is < 1 or > 3) throw new TapestryException(subject, "unknown version of the NumPy format", $"{start[6]}.{start[7]}", "1.0, 2.0 or 3.0");

        Span<byte> lengthBytes = stackalloc byte[4];
        lengthBytes.Clear();
        ReadHeaderPart(stream, start[6] == 1 ? lengthBytes[..2] : lengthBytes, subject);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (length > LongestHeader) throw new TapestryException(subject, "the header is too long", $"{length} bytes", $"at most {LongestHeader} bytes");
        var text = new byte[length];
        ReadHeaderPart(stream, text, subject);
        return new HeaderParser(Encoding.Latin1.GetString(text), subject).Parse();
    }

    /// <summary>The bytes of a header of version 1.0 (2.0 where that is too short), padded so that the values start at a multiple of 64.</summary>
    internal static byte[] Write(string descriptor, Shape shape)
    {
        var dimensions = string.Join(", ", shape.ToArray().Select(length => length.ToString(CultureInfo.InvariantCulture)));
        var text = $"{{'descr': '{descriptor}', 'fortran_order': False, 'shape': ({dimensions}{(shape.Rank == 1 ? "," : "")}), }}";
        var start = text.Length + 1 + 10 + 63 <= ushort.MaxValue ? 10 : 12;
        var total = (start + text.Length + 1 + 63) / 64 * 64;
        var bytes = new byte[total];
        Magic.CopyTo(bytes);
        bytes[6] = (byte)(start == 10 ? 1 : 2);
        if (start == 10) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(total - start));
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), (uint)(total - start));
        bytes.AsSpan(start).Fill((byte)' ');
        Encoding.Latin1.GetBytes(text, bytes.AsSpan(start));
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    static void ReadHeaderPart(Stream stream, Span<byte> bytes, string subject)
    {
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length) throw new TapestryException(subject, "the header is cut off", $"{read} of {bytes.Length} bytes", "a whole NumPy file");
    }

    /// <summary>Reads the dictionary. It never calls itself, so no nesting can exhaust the stack.</summary>
    ref struct HeaderParser(string text, string subject)
    {
        int position;

        internal NpyHeader Parse()
        {
            string? descriptor = null;
            bool? fortranOrder = null;
            int[]? shape = null;
            Take('{');
            while (!TryTake('}'))
            {
                var key = Quoted();
                Take(':');
                switch (key)
                {
                    case "descr" when descriptor is null:
                        if (Peek() is '[' or '(') throw new TapestryException(subject, "structured arrays have no dtype", Excerpt(), "one element type, such as '<f4'", "Save each field as an array of its own.");
                        descriptor = Quoted();
                        break;
                    case "fortran_order" when fortranOrder is null: fortranOrder = Truth(); break;
                    case "shape" when shape is null: shape = Dimensions(); break;
                    default: throw Fault($"the key '{key}'", "'descr', 'fortran_order' and 'shape', each once");
                }

                if (!TryTake(',') && Peek() != '}') throw Fault(Excerpt(), "',' or '}'");
            }

            if (Peek() != '\0') throw Fault(Excerpt(), "nothing after the dictionary");
            if (descriptor is null || fortranOrder is null || shape is null) throw Fault("a dictionary without one of them", "'descr', 'fortran_order' and 'shape'");
            var (dtype, width, bigEndian, encoding) = Type(descriptor);
            return new NpyHeader(dtype, width, bigEndian, fortranOrder.Value, CheckedShape(shape, width), encoding);
        }

        readonly (DType DType, int Width, bool BigEndian, Encoding? TextEncoding) Type(string descriptor)
        {
            DType? dtype = descriptor.Length < 3 ? null : descriptor[1..] switch
            {
                "b1" => DType.Bool,
                "i1" => DType.Int8,
                "i2" => DType.Int16,
                "i4" => DType.Int32,
                "i8" => DType.Int64,
                "u1" => DType.UInt8,
                "u2" => DType.UInt16,
                "u4" => DType.UInt32,
                "u8" => DType.UInt64,
                "f2" => DType.Float16,
                "f4" => DType.Float32,
                "f8" => DType.Float64,
                "c8" => DType.Complex64,
                "c16" => DType.Complex128,
                _ => null,
            };
            var known = descriptor is ['<' or '>' or '|' or '=', ..];
            if (known && dtype is not null && (dtype.Size == 1 || descriptor[0] != '|')) return (dtype, dtype.Size, descriptor[0] == '>' && dtype.Size > 1, null);
            if (known && descriptor.Length > 2 && descriptor[1] is 'U' or 'S' && int.TryParse(descriptor.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= int.MaxValue / 4)
            {
                return descriptor[1] == 'S'
                    ? (DType.String, length, false, new UTF8Encoding(false, throwOnInvalidBytes: true))
                    : (DType.String, 4 * length, descriptor[0] == '>', new UTF32Encoding(descriptor[0] == '>', byteOrderMark: false, throwOnInvalidCharacters: true));
            }

            var remedy = descriptor.Contains('O') ? "Arrays of Python objects are pickled and never loaded; save an array of numbers or texts." : "Convert the array before saving it.";
            throw new TapestryException(subject, "no dtype has such elements", $"'{descriptor}'", "b1, i1…i8, u1…u8, f2…f8, c8, c16, S or U", remedy);
        }

        readonly Shape CheckedShape(int[] shape, int width)
        {
            long size = 1;
            foreach (var length in shape)
            {
                if (length != 0) size *= length;
                if (size > Array.MaxLength) break;
            }

            if (size > Array.MaxLength || size * Math.Max(width, 1) > Array.MaxLength)
                throw new TapestryException(subject, "too large for one tensor", $"({string.Join(", ", shape)}) elements of {width} bytes", $"at most {Array.MaxLength} bytes", "Split the array.");
            return new Shape(shape);
        }

        int[] Dimensions()
        {
            var dimensions = new List<int>();
            Take('(');
            while (!TryTake(')'))
            {
                Peek();
                var start = position;
                while (position < text.Length && char.IsAsciiDigit(text[position])) position++;
                if (position == start || !int.TryParse(text.AsSpan(start, position - start), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
                {
                    position = start;
                    throw Fault(Excerpt(), $"lengths from 0 to {int.MaxValue} in 'shape'");
                }

                // Python 2 marked its long integers.
                if (position < text.Length && text[position] == 'L') position++;
                dimensions.Add(length);
                if (dimensions.Count > HighestRank) throw Fault($"more than {HighestRank} dimensions", $"at most {HighestRank}, as NumPy has");
                if (!TryTake(',') && Peek() != ')') throw Fault(Excerpt(), "',' or ')'");
            }

            return [.. dimensions];
        }

        bool Truth()
        {
            Peek();
            var rest = text.AsSpan(position);
            if (rest.StartsWith("True")) { position += 4; return true; }
            if (rest.StartsWith("False")) { position += 5; return false; }
            throw Fault(Excerpt(), "True or False");
        }

        string Quoted()
        {
            var quote = Peek();
            var end = quote is '\'' or '"' ? text.IndexOf(quote, position + 1) : -1;
            if (end < 0) throw Fault(Excerpt(), "a quoted text");
            var content = text[(position + 1)..end];
            position = end + 1;
            return content;
        }

        char Peek()
        {
            while (position < text.Length && text[position] is ' ' or '\n') position++;
            return position < text.Length ? text[position] : '\0';
        }

        bool TryTake(char expected)
        {
            if (Peek() != expected) return false;
            position++;
            return true;
        }

        void Take(char expected)
        {
            if (!TryTake(expected)) throw Fault(Excerpt(), $"'{expected}'");
        }

        readonly string Excerpt() => position >= text.Length ? "the end" : $"\"{text.AsSpan(position, Math.Min(30, text.Length - position))}\"";

        readonly TapestryException Fault(string received, string expected) => new(subject, "the header is not the dictionary of a NumPy file", received, expected);
    }
}
