using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Tapestry;

/// <summary>Makes tensors from the values of .NET.</summary>
static class TensorFactory
{
    /// <summary>A scalar, rounded or truncated to the dtype.</summary>
    internal static Tensor Scalar(DType dtype, double value) => Full(dtype, Shape.Scalar, value);

    /// <summary>An int64 is exact in no double, so it has its own way.</summary>
    internal static Tensor Scalar(DType dtype, long value)
    {
        if (dtype != DType.Int64) return Full(dtype, Shape.Scalar, value);
        var tensor = Tensor.Allocate(dtype, Shape.Scalar);
        tensor.Elements<long>()[0] = value;
        return tensor;
    }

    /// <summary>A tensor of equal elements.</summary>
    internal static Tensor Full(DType dtype, Shape shape, double value)
    {
        var tensor = Tensor.Allocate(dtype, shape);
        Write(tensor, value);
        return tensor;
    }

    /// <summary>A tensor of the elements of a span.</summary>
    internal static Tensor FromSpan<T>(ReadOnlySpan<T> values, Shape shape)
        where T : unmanaged
    {
        if (values.Length != shape.Size) throw new TapestryException("Tensor", "the number of values does not fit the shape", $"{values.Length} values, shape {shape}", $"{shape.Size} values");
        var tensor = Tensor.Allocate(DType.Of<T>(), shape);
        values.CopyTo(tensor.Elements<T>());
        return tensor;
    }

    /// <summary>A tensor of the elements of a tensor of System.Numerics.Tensors.</summary>
    internal static Tensor FromTensorSpan<T>(in ReadOnlyTensorSpan<T> values)
        where T : unmanaged
    {
        Span<int> lengths = stackalloc int[values.Rank];
        for (var i = 0; i < lengths.Length; i++) lengths[i] = checked((int)values.Lengths[i]);
        var tensor = Tensor.Allocate(DType.Of<T>(), new Shape(lengths));
        values.FlattenTo(tensor.Elements<T>());
        return tensor;
    }

    /// <summary>A string tensor.</summary>
    internal static Tensor Strings(ReadOnlySpan<string> values, Shape shape)
    {
        var tensor = Tensor.Allocate(DType.String, shape);
        values.CopyTo(tensor.Texts);
        return tensor;
    }

    /// <summary>A tensor from an array of any rank, or from arrays of arrays of equal lengths.</summary>
    internal static Tensor FromArray(Array values)
    {
        var element = values.GetType().GetElementType()!;
        if (element.IsArray) return FromNested(values);
        var lengths = new int[values.Rank];
        for (var i = 0; i < lengths.Length; i++) lengths[i] = values.GetLength(i);
        var shape = new Shape(lengths);
        if (element == typeof(string)) return Strings([.. values.Cast<string>()], shape);
        var dtype = DType.Of(element);
        var tensor = Tensor.Allocate(dtype, shape);
        if (shape.Size > 0) MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(values), shape.Size * dtype.Size).CopyTo(tensor.Bytes);
        return tensor;
    }

    /// <summary>Fills a tensor with one number, converted to its dtype.</summary>
    internal static void Write(Tensor tensor, double value)
    {
        switch (tensor.DType.Code)
        {
            case DTypeCode.Bool: tensor.Elements<bool>().Fill(value != 0); break;
            case DTypeCode.Int8: tensor.Elements<sbyte>().Fill(unchecked((sbyte)(long)value)); break;
            case DTypeCode.Int16: tensor.Elements<short>().Fill(unchecked((short)(long)value)); break;
            case DTypeCode.Int32: tensor.Elements<int>().Fill(unchecked((int)(long)value)); break;
            case DTypeCode.Int64: tensor.Elements<long>().Fill((long)value); break;
            case DTypeCode.UInt8: tensor.Elements<byte>().Fill(unchecked((byte)(long)value)); break;
            case DTypeCode.UInt16: tensor.Elements<ushort>().Fill(unchecked((ushort)(long)value)); break;
            case DTypeCode.UInt32: tensor.Elements<uint>().Fill(unchecked((uint)(long)value)); break;
            case DTypeCode.UInt64: tensor.Elements<ulong>().Fill((ulong)value); break;
            case DTypeCode.Float16: tensor.Elements<Half>().Fill((Half)value); break;
            case DTypeCode.BFloat16: tensor.Elements<BFloat16>().Fill((BFloat16)(float)value); break;
            case DTypeCode.Float32: tensor.Elements<float>().Fill((float)value); break;
            case DTypeCode.Float64: tensor.Elements<double>().Fill(value); break;
            case DTypeCode.Complex64: tensor.Elements<Complex64>().Fill(new Complex64((float)value, 0)); break;
            case DTypeCode.Complex128: tensor.Elements<Complex>().Fill(value); break;
            default: throw new TapestryException("Tensor", "a number is no text", tensor.DType.Name, "a numeric dtype");
        }
    }

    static Tensor FromNested(Array values)
    {
        if (values.Length == 0) throw new TapestryException("Tensor", "an empty array of arrays has no shape", values.GetType().Name, "at least one inner array", "Use Ops.Zeros with the shape you mean.");
        var parts = values.Cast<Array>().Select(FromArray).ToArray();
        var shape = parts[0].Shape;
        foreach (var part in parts)
        {
            if (part.Shape != shape) throw new TapestryException("Tensor", "the inner arrays have different lengths", $"{shape} and {part.Shape}", "equal shapes", "Pad the shorter ones.");
        }

        var whole = Tensor.Allocate(parts[0].DType, new Shape([parts.Length, .. shape.Dimensions]));
        if (whole.DType == DType.String)
        {
            parts.SelectMany(part => part.Texts).ToArray().CopyTo(whole.Texts, 0);
            return whole;
        }

        var bytes = shape.Size * whole.DType.Size;
        for (var i = 0; i < parts.Length; i++) parts[i].Bytes.CopyTo(whole.Bytes[(i * bytes)..]);
        return whole;
    }
}
