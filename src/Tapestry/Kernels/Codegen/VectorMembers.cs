using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Intrinsics;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Codegen;

/// <summary>The members of a vector, by instruction.</summary>
abstract class VectorMembers
{
    /// <summary>The vector.</summary>
    internal abstract Type Type { get; }

    /// <summary>Its elements.</summary>
    internal abstract Type Element { get; }

    /// <summary>How many they are.</summary>
    internal abstract int Lanes { get; }

    /// <summary>Makes a mask of one byte.</summary>
    internal abstract MethodInfo SpreadMask { get; }

    /// <summary>The members of the widest vector that the machine has.</summary>
    internal static VectorMembers Widest(LaneType lanes) => lanes switch
    {
        LaneType.Float32 => Widest<float>(),
        LaneType.Float64 => Widest<double>(),
        LaneType.Int32 => Widest<int>(),
        _ => Widest<long>(),
    };

    /// <summary>The member for an instruction.</summary>
    internal MethodInfo Method(Opcode opcode) => opcode switch
    {
        Opcode.Add => Method("op_Addition"),
        Opcode.Subtract => Method("op_Subtraction"),
        Opcode.Multiply => Method("op_Multiply"),
        Opcode.Divide => Method("op_Division"),
        Opcode.Negate => Method("op_UnaryNegation"),
        Opcode.And => Method("op_BitwiseAnd"),
        Opcode.Or => Method("op_BitwiseOr"),
        Opcode.Xor => Method("op_ExclusiveOr"),
        Opcode.Not => Method("op_OnesComplement"),
        Opcode.ShiftLeft => Method(nameof(Lanes512<>.ShiftLeft), typeof(int)),
        Opcode.ShiftRightLogical => Method(nameof(Lanes512<>.ShiftRightLogical)),
        Opcode.ShiftLeftBy => Method(nameof(Lanes512<>.ShiftLeft), Type),
        Opcode.ShiftRightBy => Method(nameof(Lanes512<>.ShiftRight)),
        _ => Method(opcode.ToString()),
    };

    /// <summary>The member of a name, given the last parameter where there are several.</summary>
    internal abstract MethodInfo Method(string name, Type? last = null);

    /// <summary>The member that calls a function lane by lane.</summary>
    internal abstract MethodInfo Method(LaneFunction function);

    static VectorMembers Widest<T>()
        where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated) return new VectorMembers<Lanes512<T>, T>();
        return Vector256.IsHardwareAccelerated ? new VectorMembers<Lanes256<T>, T>() : new VectorMembers<Lanes128<T>, T>();
    }
}

/// <summary>The members of one vector.</summary>
sealed unsafe class VectorMembers<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] V, T> : VectorMembers
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    delegate V Spread(byte* source);

    internal override Type Type => typeof(V);

    internal override Type Element => typeof(T);

    internal override int Lanes => V.Count;

    internal override MethodInfo SpreadMask => ((Spread)Masks<V, T>.Spread).Method;

    internal override MethodInfo Method(string name, Type? last = null) =>
        (last is null ? typeof(V).GetMethod(name) : typeof(V).GetMethod(name, [typeof(V), last])) ?? throw new MissingMethodException(typeof(V).Name, name);

    internal override MethodInfo Method(LaneFunction function) => function.Member<V, T>();
}

/// <summary>One truth value for all lanes.</summary>
static unsafe class Masks<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged
{
    /// <summary>All bits set where the byte is not 0.</summary>
    public static V Spread(byte* source) => V.CreateBits(*source == 0 ? 0 : -1);
}
