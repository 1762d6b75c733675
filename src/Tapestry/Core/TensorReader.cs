using System.Globalization;
using System.Numerics;

namespace Tapestry;

/// <summary>Gives the values of tensors to .NET.</summary>
static class TensorReader
{
    /// <summary>Checks that a tensor has elements, and that they are of a type.</summary>
    internal static void RequireElements<T>(Tensor tensor)
    {
        RequireValues(tensor, "Tensor");
        if (tensor.DType.ClrType == typeof(T)) return;
        throw new TapestryException("Tensor", $"the elements are not of type {typeof(T).Name}", tensor.Spec.ToString(), tensor.DType.ClrType.Name, $"Convert with Ops.Cast(x, DType.Of<{typeof(T).Name}>()) first.");
    }

    /// <summary>Checks that a tensor has values at all.</summary>
    internal static void RequireValues(Tensor tensor, string subject)
    {
        if (tensor.Symbol is not { } symbol) return;
        throw new TapestryException(
            subject,
            "a symbolic tensor has no values to read",
            $"{symbol.Label} {tensor.Spec}",
            "a tensor with values",
            "Inside a traced function use operations (Ops.Cond, Ops.WhileLoop, Ops.Where) instead of C# numbers, conditions and loops, and do not keep its tensors after it returned.");
    }

    /// <summary>The only element.</summary>
    internal static T Item<T>(Tensor tensor)
    {
        RequireValues(tensor, "Tensor");
        if (tensor.Size != 1) throw new TapestryException("Tensor.Item", "not exactly one element", tensor.Spec.ToString(), "a tensor with one element", "Reduce it, or index the element.");
        var value = At(tensor, 0);
        if (value is T exact) return exact;
        if (value is Complex complex) value = complex.Real;
        return (T)Convert.ChangeType(value is bool truth ? truth ? 1.0 : 0.0 : value, typeof(T), CultureInfo.InvariantCulture);
    }

    /// <summary>A flat copy.</summary>
    internal static T[] ToArray<T>(Tensor tensor)
    {
        RequireElements<T>(tensor);
        if (tensor.DType == DType.String) return (T[])tensor.Texts.Clone();
        var copy = new T[tensor.Size];
        if (copy.Length > 0) tensor.Bytes.CopyTo(ArrayBytes(copy, tensor.Bytes.Length));
        GC.KeepAlive(tensor);
        return copy;
    }

    /// <summary>A copy of the same rank.</summary>
    internal static Array ToArray(Tensor tensor)
    {
        RequireValues(tensor, "Tensor");
        var lengths = tensor.Rank == 0 ? [1] : tensor.Shape.ToArray();
        var copy = NewArray(tensor.DType, lengths);
        if (tensor.DType == DType.String)
        {
            var index = new int[lengths.Length];
            foreach (var text in tensor.Texts)
            {
                copy.SetValue(text, index);
                for (var axis = lengths.Length - 1; axis >= 0 && ++index[axis] == lengths[axis]; axis--) index[axis] = 0;
            }
        }
        else if (copy.Length > 0)
        {
            tensor.Bytes.CopyTo(ArrayBytes(copy, tensor.Bytes.Length));
        }

        GC.KeepAlive(tensor);
        return copy;
    }

    /// <summary>One element, boxed; halves and bfloat16 as float, complex64 as <see cref="Complex"/>.</summary>
    internal static object At(Tensor tensor, int index) => tensor.DType.Code switch
    {
        DTypeCode.Bool => tensor.Elements<bool>()[index],
        DTypeCode.Int8 => tensor.Elements<sbyte>()[index],
        DTypeCode.Int16 => tensor.Elements<short>()[index],
        DTypeCode.Int32 => tensor.Elements<int>()[index],
        DTypeCode.Int64 => tensor.Elements<long>()[index],
        DTypeCode.UInt8 => tensor.Elements<byte>()[index],
        DTypeCode.UInt16 => tensor.Elements<ushort>()[index],
        DTypeCode.UInt32 => tensor.Elements<uint>()[index],
        DTypeCode.UInt64 => tensor.Elements<ulong>()[index],
        DTypeCode.Float16 => (float)tensor.Elements<Half>()[index],
        DTypeCode.BFloat16 => (float)tensor.Elements<BFloat16>()[index],
        DTypeCode.Float32 => tensor.Elements<float>()[index],
        DTypeCode.Float64 => tensor.Elements<double>()[index],
        DTypeCode.Complex64 => (Complex)tensor.Elements<Complex64>()[index],
        DTypeCode.Complex128 => tensor.Elements<Complex>()[index],
        _ => tensor.Texts[index],
    };

    // Array types of a rank known only at run time need no code generation here: they hold primitive elements.
    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Arrays of the element types of dtypes exist in every program that uses tensors.")]
    static Array NewArray(DType dtype, int[] lengths) => Array.CreateInstance(dtype.ClrType, lengths);

    static Span<byte> ArrayBytes(Array array, int bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array), bytes);
}
