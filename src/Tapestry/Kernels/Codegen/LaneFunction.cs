using System.Reflection;
using Tapestry.Kernels.Simd;

namespace Tapestry.Kernels.Codegen;

/// <summary>A scalar function called lane by lane from a recorded program.</summary>
abstract class LaneFunction
{
    /// <summary>The name, the same for the same function.</summary>
    internal abstract string Name { get; }

    /// <summary>The member of a vector that calls it.</summary>
    internal abstract MethodInfo Member<V, T>()
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged;

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

    internal override MethodInfo Member<V, T>() => ((Func<V, V>)V.PerLane<TFunction>).Method;

    internal override V Invoke<V, T>(V a, V b, V c) => V.PerLane<TFunction>(a);
}

/// <summary>A function of one argument, for the lanes of a mask.</summary>
sealed class LaneFunctionWhere<TFunction> : LaneFunction
    where TFunction : struct, IScalarFunction
{
    internal static readonly LaneFunctionWhere<TFunction> Instance = new();

    internal override string Name => typeof(TFunction).Name;

    internal override MethodInfo Member<V, T>() => ((Func<V, V, V, V>)V.PerLaneWhere<TFunction>).Method;

    internal override V Invoke<V, T>(V a, V b, V c) => V.PerLaneWhere<TFunction>(a, b, c);
}

/// <summary>A function of two arguments.</summary>
sealed class LaneFunction2<TFunction> : LaneFunction
    where TFunction : struct, IScalarFunction2
{
    internal static readonly LaneFunction2<TFunction> Instance = new();

    internal override string Name => typeof(TFunction).Name;

    internal override MethodInfo Member<V, T>() => ((Func<V, V, V>)V.PerLane2<TFunction>).Method;

    internal override V Invoke<V, T>(V a, V b, V c) => V.PerLane2<TFunction>(a, b);
}
