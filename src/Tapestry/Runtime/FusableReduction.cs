using Tapestry.Kernels.Codegen;
using Tapestry.Kernels.Loops;

namespace Tapestry;

/// <summary>A reduction that the compiler can fuse with elementwise operations.</summary>
/// <param name="Axes">One bit for each dimension that goes away.</param>
/// <param name="Reducer">What combines the elements.</param>
sealed record FusableReduction(uint Axes, TileReducer Reducer)
{
    /// <summary>Whether rows are reduced to an element each, in a space of so many dimensions; else columns are.</summary>
    internal bool IsOfRows(int rank) => (Axes & (1u << (rank - 1))) != 0;

    /// <summary>A reduction, if the compiler knows the dtype.</summary>
    internal static FusableReduction? Of<TReducer>(TReducer reducer, DType dtype, uint axes)
        where TReducer : unmanaged, IReducer => FusableLanes.Of(dtype) is { } lanes ? new FusableReduction(axes, TileReducer.Create(reducer, lanes)) : null;
}

/// <summary>Which dtypes take part in fused loops: those that vectors hold as they are. Half, bfloat16, small integers and complex numbers have loops of their own.</summary>
static class FusableLanes
{
    /// <summary>The lanes of a dtype, or null.</summary>
    internal static LaneType? Of(DType dtype) => dtype.Code switch
    {
        DTypeCode.Float32 => LaneType.Float32,
        DTypeCode.Float64 => LaneType.Float64,
        DTypeCode.Int32 => LaneType.Int32,
        DTypeCode.Int64 => LaneType.Int64,
        _ => null,
    };
}
