using System.Numerics;

namespace Tapestry;

/// <summary>
/// The element type of a tensor. A dtype is a value: compare with <c>==</c>, name it by <see cref="Name"/>, or write the name as a
/// string wherever a dtype is expected (<c>"float32"</c>).
/// </summary>
/// <remarks>The names and the order of the types are those of TensorFlow.</remarks>
public sealed class DType
{
    static DType? defaultFloat;

    DType(DTypeCode code, string name, int size, Type clrType)
    {
        Code = code;
        Name = name;
        Size = size;
        ClrType = clrType;
    }

    /// <summary>Truth values, one byte each.</summary>
    public static DType Bool { get; } = new(DTypeCode.Bool, "bool", 1, typeof(bool));

    /// <summary>8-bit signed integers.</summary>
    public static DType Int8 { get; } = new(DTypeCode.Int8, "int8", 1, typeof(sbyte));

    /// <summary>16-bit signed integers.</summary>
    public static DType Int16 { get; } = new(DTypeCode.Int16, "int16", 2, typeof(short));

    /// <summary>32-bit signed integers.</summary>
    public static DType Int32 { get; } = new(DTypeCode.Int32, "int32", 4, typeof(int));

    /// <summary>64-bit signed integers.</summary>
    public static DType Int64 { get; } = new(DTypeCode.Int64, "int64", 8, typeof(long));

    /// <summary>8-bit unsigned integers.</summary>
    public static DType UInt8 { get; } = new(DTypeCode.UInt8, "uint8", 1, typeof(byte));

    /// <summary>16-bit unsigned integers.</summary>
    public static DType UInt16 { get; } = new(DTypeCode.UInt16, "uint16", 2, typeof(ushort));

    /// <summary>32-bit unsigned integers.</summary>
    public static DType UInt32 { get; } = new(DTypeCode.UInt32, "uint32", 4, typeof(uint));

    /// <summary>64-bit unsigned integers.</summary>
    public static DType UInt64 { get; } = new(DTypeCode.UInt64, "uint64", 8, typeof(ulong));

    /// <summary>IEEE 754 half precision: 5 bits of exponent, 10 of fraction. Arithmetic is done in float32 and rounded once.</summary>
    public static DType Float16 { get; } = new(DTypeCode.Float16, "float16", 2, typeof(Half));

    /// <summary>The upper half of a float32: 8 bits of exponent, 7 of fraction. Arithmetic is done in float32 and rounded once.</summary>
    public static DType BFloat16 { get; } = new(DTypeCode.BFloat16, "bfloat16", 2, typeof(BFloat16));

    /// <summary>IEEE 754 single precision, the default of everything (see <see cref="DefaultFloat"/>).</summary>
    public static DType Float32 { get; } = new(DTypeCode.Float32, "float32", 4, typeof(float));

    /// <summary>IEEE 754 double precision.</summary>
    public static DType Float64 { get; } = new(DTypeCode.Float64, "float64", 8, typeof(double));

    /// <summary>Complex numbers of two float32.</summary>
    public static DType Complex64 { get; } = new(DTypeCode.Complex64, "complex64", 8, typeof(Complex64));

    /// <summary>Complex numbers of two float64.</summary>
    public static DType Complex128 { get; } = new(DTypeCode.Complex128, "complex128", 16, typeof(Complex));

    /// <summary>Texts.</summary>
    public static DType String { get; } = new(DTypeCode.String, "string", 0, typeof(string));

    /// <summary>All dtypes.</summary>
    public static IReadOnlyList<DType> All { get; } =
        [Bool, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float16, BFloat16, Float32, Float64, Complex64, Complex128, String];

    /// <summary>The dtype of floating-point values where none is asked for (Keras: <c>floatx</c>). Initially float32.</summary>
    /// <exception cref="TapestryException">The value is not a floating-point dtype.</exception>
    public static DType DefaultFloat
    {
        get => defaultFloat ??= Float32;
        set => defaultFloat = value.IsFloating
            ? value
            : throw new TapestryException("DType.DefaultFloat", "not a floating-point dtype", value.Name, "float16, bfloat16, float32 or float64");
    }

    /// <summary>The name as TensorFlow and Keras write it, for example <c>float32</c>.</summary>
    public string Name { get; }

    /// <summary>Bytes per element; 0 for <see cref="String"/>.</summary>
    public int Size { get; }

    /// <summary>The .NET type of one element.</summary>
    public Type ClrType { get; }

    /// <summary>True for float16, bfloat16, float32 and float64.</summary>
    public bool IsFloating => Code is >= DTypeCode.Float16 and <= DTypeCode.Float64;

    /// <summary>True for the signed and unsigned integers; bool is none.</summary>
    public bool IsInteger => Code is >= DTypeCode.Int8 and <= DTypeCode.UInt64;

    /// <summary>True for the unsigned integers.</summary>
    public bool IsUnsigned => Code is >= DTypeCode.UInt8 and <= DTypeCode.UInt64;

    /// <summary>True for complex64 and complex128.</summary>
    public bool IsComplex => Code is DTypeCode.Complex64 or DTypeCode.Complex128;

    /// <summary>True for dtypes through which gradients flow: floating point and complex.</summary>
    public bool IsDifferentiable => IsFloating || IsComplex;

    /// <summary>True for everything that has arithmetic: all but bool and string.</summary>
    public bool IsNumeric => Code is not (DTypeCode.Bool or DTypeCode.String);

    /// <summary>The compact number by which kernels choose their code.</summary>
    internal DTypeCode Code { get; }

    /// <summary>The dtype of a name.</summary>
    /// <param name="name">A TensorFlow name such as <c>"float32"</c>.</param>
    /// <exception cref="TapestryException">No dtype has this name.</exception>
    public static implicit operator DType(string name)
    {
        foreach (var dtype in All)
        {
            if (dtype.Name == name) return dtype;
        }

        throw new TapestryException("DType", "unknown dtype name", $"\"{name}\"", string.Join(", ", All.Select(dtype => dtype.Name)));
    }

    /// <summary>The dtype whose elements are of a .NET type.</summary>
    /// <typeparam name="T">The element type, for example <see cref="float"/>.</typeparam>
    /// <exception cref="TapestryException">No dtype has such elements.</exception>
    public static DType Of<T>() => Of(typeof(T));

    internal static DType Of(Type type)
    {
        foreach (var dtype in All)
        {
            if (dtype.ClrType == type) return dtype;
        }

        throw new TapestryException("DType", "no dtype has elements of this .NET type", type.Name, string.Join(", ", All.Select(dtype => dtype.ClrType.Name)));
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>The dtypes as numbers, in the order in which <see cref="DType"/> tests its families by range.</summary>
enum DTypeCode : byte
{
    Bool, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float16, BFloat16, Float32, Float64, Complex64, Complex128, String,
}
