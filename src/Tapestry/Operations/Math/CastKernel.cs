using System.Numerics;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>Chooses the loop of a conversion by the two dtypes.</summary>
static class CastKernel
{
    /// <summary>Converts all elements.</summary>
    internal static void Run(Tensor from, Tensor to)
    {
        switch (from.DType.Code)
        {
            case DTypeCode.Bool or DTypeCode.UInt8: From<byte>(from, to); break;
            case DTypeCode.Int8: From<sbyte>(from, to); break;
            case DTypeCode.Int16: From<short>(from, to); break;
            case DTypeCode.Int32: From<int>(from, to); break;
            case DTypeCode.Int64: From<long>(from, to); break;
            case DTypeCode.UInt16: From<ushort>(from, to); break;
            case DTypeCode.UInt32: From<uint>(from, to); break;
            case DTypeCode.UInt64: From<ulong>(from, to); break;
            case DTypeCode.Float16: From<Half>(from, to); break;
            case DTypeCode.BFloat16: From<BFloat16>(from, to); break;
            case DTypeCode.Float32: From<float>(from, to); break;
            case DTypeCode.Float64: From<double>(from, to); break;
            case DTypeCode.Complex64: From<Complex64>(from, to); break;
            case DTypeCode.Complex128: From<Complex>(from, to); break;
        }
    }

    static void From<TFrom>(Tensor from, Tensor to)
        where TFrom : unmanaged
    {
        switch (to.DType.Code)
        {
            case DTypeCode.Bool: Convert<TFrom, bool>(from, to); break;
            case DTypeCode.Int8: Convert<TFrom, sbyte>(from, to); break;
            case DTypeCode.Int16: Convert<TFrom, short>(from, to); break;
            case DTypeCode.Int32: Convert<TFrom, int>(from, to); break;
            case DTypeCode.Int64: Convert<TFrom, long>(from, to); break;
            case DTypeCode.UInt8: Convert<TFrom, byte>(from, to); break;
            case DTypeCode.UInt16: Convert<TFrom, ushort>(from, to); break;
            case DTypeCode.UInt32: Convert<TFrom, uint>(from, to); break;
            case DTypeCode.UInt64: Convert<TFrom, ulong>(from, to); break;
            case DTypeCode.Float16: Convert<TFrom, Half>(from, to); break;
            case DTypeCode.BFloat16: Convert<TFrom, BFloat16>(from, to); break;
            case DTypeCode.Float32: Convert<TFrom, float>(from, to); break;
            case DTypeCode.Float64: Convert<TFrom, double>(from, to); break;
            case DTypeCode.Complex64: Convert<TFrom, Complex64>(from, to); break;
            case DTypeCode.Complex128: Convert<TFrom, Complex>(from, to); break;
        }
    }

    static void Convert<TFrom, TTo>(Tensor from, Tensor to)
        where TFrom : unmanaged
        where TTo : unmanaged => CastLoop.Run<TFrom, TTo>(from.Elements<TFrom>(), to.Elements<TTo>());
}
