using System.Reflection;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Codegen;

/// <summary>A scalar function called lane by lane from a recorded program.</summary>
abstract class LaneFunction
{
    /// <summary>The name, the same for the same function.</summary>
    internal abstract string Name { get; }

    /// <summary>What calls it for a vector.</summary>
    internal abstract MethodInfo Member(VectorMembers vector);

    /// <summary>The value on each lane.</summary>
    internal abstract V Invoke<V, T>(V a, V b, V c)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged;
}

/// <summary>A function of one argument.</summary>
sealed class LaneFunction1<TFunction> : LaneFunction
    where TFunction : struct, IScalarFunction
{
    internal static readonly LaneFunction1<TFunction> Instance = new();

    internal override string Name => typeof(TFunction).Name;

    internal override MethodInfo Member(VectorMembers vector) => vector.PerLane<TFunction>();

    internal override V Invoke<V, T>(V a, V b, V c) => V.PerLane<TFunction>(a);
}

/// <summary>A function of one argument, for the lanes of a mask.</summary>
sealed class LaneFunctionWhere<TFunction> : LaneFunction
    where TFunction : struct, IScalarFunction
{
    internal static readonly LaneFunctionWhere<TFunction> Instance = new();

    internal override string Name => typeof(TFunction).Name;

    internal override MethodInfo Member(VectorMembers vector) => vector.PerLaneWhere<TFunction>();

    internal override V Invoke<V, T>(V a, V b, V c) => V.PerLaneWhere<TFunction>(a, b, c);
}

/// <summary>A function of two arguments.</summary>
sealed class LaneFunction2<TFunction> : LaneFunction
    where TFunction : struct, IScalarFunction2
{
    internal static readonly LaneFunction2<TFunction> Instance = new();

    internal override string Name => typeof(TFunction).Name;

    internal override MethodInfo Member(VectorMembers vector) => vector.PerLane2<TFunction>();

    internal override V Invoke<V, T>(V a, V b, V c) => V.PerLane2<TFunction>(a, b);
}
