using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>What the operations that pick and put by position have in common.</summary>
static class Positions
{
    /// <summary>Positions as int32 or int64; other integers are converted.</summary>
    internal static Tensor Normalize(string subject, Tensor positions)
    {
        if (!positions.DType.IsInteger) throw new TapestryException(subject, "the indices have another dtype", positions.Spec.ToString(), "integers", "Convert with Ops.Cast.");
        return Promotion.To(positions, positions.DType == DType.Int64 || positions.DType == DType.UInt32 || positions.DType == DType.UInt64 ? DType.Int64 : DType.Int32);
    }

    /// <summary>Positions with those below zero counted from the end of an axis.</summary>
    internal static Tensor Wrap(Tensor positions, Tensor x, int axis)
    {
        positions = Normalize("Take", positions);
        if (positions.Symbol is null && Smallest(positions) >= 0) return positions;
        var length = Ops.Cast(Ops.GetItem(Ops.Shape(x), axis), positions.DType);
        return Ops.Where(positions < Ops.ZerosLike(positions), positions + length, positions);
    }

    /// <summary>True when a dtype can hold positions for a kernel.</summary>
    internal static bool IsIndex(DType dtype) => dtype == DType.Int32 || dtype == DType.Int64;

    /// <summary>Complains about a position that does not exist.</summary>
    internal static void Check(Op subject, Tensor positions, long length)
    {
        var at = positions.DType == DType.Int32 ? GatherLoop.FirstOutside<int>(positions.Elements<int>(), length) : GatherLoop.FirstOutside<long>(positions.Elements<long>(), length);
        if (at < 0) return;
        var value = positions.DType == DType.Int32 ? positions.Elements<int>()[at] : positions.Elements<long>()[at];
        throw new TapestryException(subject.Name, "an index is out of range", $"{value}, element {at} of the indices {positions.Spec}", $"0 to {length - 1}");
    }

    /// <summary>Calls a kernel with the type of the positions and an element type of the right size.</summary>
    internal static void Move<TBody>(Tensor positions, DType elements, TBody body)
        where TBody : IPositionBody, allows ref struct
    {
        if (positions.DType == DType.Int32) Move<TBody, int>(elements, body);
        else Move<TBody, long>(elements, body);
    }

    /// <summary>Calls a kernel with the type of the positions and that of the elements, which are numbers.</summary>
    internal static void Compute<TBody>(Tensor positions, DType elements, TBody body)
        where TBody : IPositionBody, allows ref struct
    {
        if (positions.DType == DType.Int32) Compute<TBody, int>(elements, body);
        else Compute<TBody, long>(elements, body);
    }

    /// <summary>Calls a kernel with the type of the positions and that of the elements, which have an order.</summary>
    internal static void Compare<TBody>(Tensor positions, DType elements, TBody body)
        where TBody : IOrderedPositionBody, allows ref struct
    {
        if (positions.DType == DType.Int32) Compare<TBody, int>(elements, body);
        else Compare<TBody, long>(elements, body);
    }

    static long Smallest(Tensor positions) =>
        positions.Size == 0 ? 0
        : positions.DType == DType.Int32 ? System.Numerics.Tensors.TensorPrimitives.Min<int>(positions.Elements<int>())
        : System.Numerics.Tensors.TensorPrimitives.Min<long>(positions.Elements<long>());

    static void Move<TBody, TIndex>(DType elements, TBody body)
        where TBody : IPositionBody, allows ref struct
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        switch (elements.Size)
        {
            case 1: body.Run<byte, TIndex>(); break;
            case 2: body.Run<ushort, TIndex>(); break;
            case 4: body.Run<uint, TIndex>(); break;
            case 8: body.Run<ulong, TIndex>(); break;
            default: body.Run<Complex, TIndex>(); break;
        }
    }

    static void Compare<TBody, TIndex>(DType elements, TBody body)
        where TBody : IOrderedPositionBody, allows ref struct
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        switch (elements.Code)
        {
            case DTypeCode.Float32: body.Run<float, TIndex>(); break;
            case DTypeCode.Float64: body.Run<double, TIndex>(); break;
            case DTypeCode.Float16: body.Run<Half, TIndex>(); break;
            case DTypeCode.Int8: body.Run<sbyte, TIndex>(); break;
            case DTypeCode.Int16: body.Run<short, TIndex>(); break;
            case DTypeCode.Int32: body.Run<int, TIndex>(); break;
            case DTypeCode.Int64: body.Run<long, TIndex>(); break;
            case DTypeCode.UInt8: body.Run<byte, TIndex>(); break;
            case DTypeCode.UInt16: body.Run<ushort, TIndex>(); break;
            case DTypeCode.UInt32: body.Run<uint, TIndex>(); break;
            case DTypeCode.UInt64: body.Run<ulong, TIndex>(); break;
        }
    }

    static void Compute<TBody, TIndex>(DType elements, TBody body)
        where TBody : IPositionBody, allows ref struct
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        switch (elements.Code)
        {
            case DTypeCode.Float32: body.Run<float, TIndex>(); break;
            case DTypeCode.Float64: body.Run<double, TIndex>(); break;
            case DTypeCode.Float16: body.Run<Half, TIndex>(); break;
            case DTypeCode.BFloat16: body.Run<BFloat16, TIndex>(); break;
            case DTypeCode.Int8 or DTypeCode.UInt8 or DTypeCode.Bool: body.Run<byte, TIndex>(); break;
            case DTypeCode.Int16 or DTypeCode.UInt16: body.Run<ushort, TIndex>(); break;
            case DTypeCode.Int32 or DTypeCode.UInt32: body.Run<uint, TIndex>(); break;
            case DTypeCode.Int64 or DTypeCode.UInt64: body.Run<ulong, TIndex>(); break;
            case DTypeCode.Complex64: body.Run<Complex64, TIndex>(); break;
            case DTypeCode.Complex128: body.Run<Complex, TIndex>(); break;
        }
    }
}

/// <summary>A kernel that is called with the types of its elements and positions.</summary>
interface IPositionBody
{
    void Run<T, TIndex>()
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>;
}

/// <summary>A kernel that is called with the types of its elements, which have an order, and positions.</summary>
interface IOrderedPositionBody
{
    void Run<T, TIndex>()
        where T : unmanaged, INumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>;
}
