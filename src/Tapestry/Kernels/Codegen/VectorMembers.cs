using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Codegen;

/// <summary>What emitted code calls for each instruction.</summary>
abstract class VectorMembers
{
    /// <summary>The vector.</summary>
    internal abstract Type Type { get; }

    /// <summary>Its elements.</summary>
    internal abstract Type Element { get; }

    /// <summary>How many they are.</summary>
    internal abstract int Lanes { get; }

    /// <summary>Reads a vector.</summary>
    internal abstract MethodInfo Load { get; }

    /// <summary>Writes a vector.</summary>
    internal abstract MethodInfo Store { get; }

    /// <summary>Writes a vector past the caches.</summary>
    internal abstract MethodInfo StoreStreaming { get; }

    /// <summary>Makes a mask of a byte a lane.</summary>
    internal abstract MethodInfo LoadMask { get; }

    /// <summary>Writes a mask as a byte a lane.</summary>
    internal abstract MethodInfo StoreMask { get; }

    /// <summary>Makes a mask of one byte.</summary>
    internal abstract MethodInfo SpreadMask { get; }

    /// <summary>Makes a vector of one element.</summary>
    internal abstract MethodInfo Broadcast { get; }

    /// <summary>The instructions of the widest vector that the machine has.</summary>
    [RequiresDynamicCode("Emits code at run time.")]
    internal static VectorMembers Widest(LaneType lanes) => lanes switch
    {
        LaneType.Float32 => Widest<float>(),
        LaneType.Float64 => Widest<double>(),
        LaneType.Int32 => Widest<int>(),
        _ => Widest<long>(),
    };

    /// <summary>Puts a vector with these bits in each lane on the stack.</summary>
    internal abstract void EmitConstant(ILGenerator il, long bits);

    /// <summary>What an instruction calls.</summary>
    internal abstract MethodInfo Method(Opcode opcode);

    /// <summary>Calls a function of one argument.</summary>
    internal abstract MethodInfo PerLane<TFunction>()
        where TFunction : struct, IScalarFunction;

    /// <summary>Calls a function of two arguments.</summary>
    internal abstract MethodInfo PerLane2<TFunction>()
        where TFunction : struct, IScalarFunction2;

    /// <summary>Calls a function of one argument for the lanes of a mask.</summary>
    internal abstract MethodInfo PerLaneWhere<TFunction>()
        where TFunction : struct, IScalarFunction;

    [RequiresDynamicCode("Emits code at run time.")]
    static VectorMembers Widest<T>()
        where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated) return new Members512<T>();
        return Vector256.IsHardwareAccelerated ? new Members256<T>() : new Members128<T>();
    }
}
